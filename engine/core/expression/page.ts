import { FUNCTIONS, type FunctionEntry, type Given } from './functions.ts'
import { signature } from './signature.ts'

const GROUPS: readonly (readonly [FunctionEntry['group'], string])[] = [
  ['choices', 'Choices'],
  ['look-ups', 'Tables and look-ups'],
  ['numbers', 'Numbers'],
  ['texts', 'Texts'],
  ['dates', 'Dates and times'],
  ['lists', 'Lists'],
  ['codes', 'Codes and addresses'],
]

const INTRODUCTION = `# Expressions

Fields, filters and conditions are written in one language: [CEL](https://cel.dev), with the differences named here. An expression
is a whole YAML value. It is checked against the recorded shape of the source before anything runs, and it always gives the same for
the same record: there is no clock in it, and nothing random.

\`\`\`yaml
client_order_ref: order.name
partner_id: coalesce(link("shopify-customers", order.customer.id), ref("tidelock.web_guest"))
pricelist_id: match("product.pricelist", "name", table("pricelist", order.presentmentCurrencyCode))
\`\`\`

## What differs from CEL
- **Null and absent are one thing.** A field that is absent is null, access through null gives null (\`order.customer.id\` of a
  guest), and so does a list item that is not there. A list that is absent is an empty one. Null is not true: a condition without a value
  counts as false. Arithmetic, \`+\`, comparisons of size, a key and a required field need a value: where one may be missing
  \`validate\` says so (\`may-be-null\`), with the guard to write: \`coalesce(line.weight, 0)\`. It understands guards: \`when(order.note != null, …)\`,
  \`has\`, \`? :\`, \`&&\`, \`||\`, \`!\`, \`filter\`, and the conditions under \`source.keep\` (but those for the first time only). Access with \`.?\`
  is the same as with a plain dot.
- **One kind of number.** \`0.1 + 0.2 == 0.3\`, and \`2 == 2.0\`. Sums and products are exact; a division keeps 28 digits, and
  \`7 / 2\` is 3.5. Dividing by zero parks the record (\`value\`). The remainder \`%\` has the sign of what is divided.
- **What comes out has to fit its field**, as far as that can be known before anything runs. A selection takes texts that are among its values: written
  out, of an enum of the source, of a table, of a branch. A text of which nothing is known goes through a table. Digits are counted: a division, a product of
  two fractions and a number written out may have more than the target keeps, which is told (\`too-many-digits\`) until \`round(x, digits)\` says that
  it is meant; digits of recorded fields are not known, and pass. A moment becomes a day through \`date(x, zone)\`, a decimal a whole number through
  \`round\`.
- **Lists and objects are equal when their values are.** A text never equals a number.
- **Dates** are texts as ISO 8601 writes them: \`2026-10-01\`, and \`2026-10-01T00:00:00Z\` in UTC, to the second. A moment becomes a day only
  in a zone: \`date(order.createdAt, "Europe/Brussels")\`.
- **Only what is needed is evaluated**: the branch taken of \`coalesce\`, \`when\`, \`? :\`, \`&&\` and \`||\`. Look-ups elsewhere are not asked.
- **A look-up whose key is empty** parks the record; inside \`coalesce\` it gives null, under \`"otherwise"\` what stands there. A record that is not
  found, or found twice, always waits or parks: \`coalesce\` does not hide it.
- Not part of the language: bytes, unsigned numbers, \`timestamp\`, \`duration\`, \`type\`, \`dyn\`.

## In YAML
YAML bites into some expressions: \`" #"\` begins a comment, a comma ends a value inside \`{ }\`, \`!\` at the beginning is a tag, \`": "\` ends a key. Put
those into single quotation marks: \`when: 'order.test != true'\`. Where it is needed, \`validate\` says so with the line to write. A constant text is
\`{ constant: Web }\`; numbers, \`true\` and \`false\` stand as they are.

## Operators and macros
| written | gives |
|---|---|
| \`a.b\`, \`a["b"]\`, \`list[0]\` | the field, or the item; null where there is none |
| \`==\`, \`!=\`, \`<\`, \`<=\`, \`>\`, \`>=\` | a comparison of two values of one kind |
| \`x in list\` | whether the list has an item equal to x |
| \`+\`, \`-\`, \`*\`, \`/\`, \`%\` | arithmetic; \`+\` joins texts and lists too |
| \`&&\`, \`\\|\\|\`, \`!\`, \`c ? a : b\` | and, or, not, a choice |
| \`has(a.b)\` | whether there is a value, the same as \`a.b != null\` |
| \`list.map(x, e)\` | the list of e for every item x |
| \`list.map(x, c, e)\` | the same, for items where c is true |
| \`list.filter(x, c)\` | the items for which c is true |
| \`list.all(x, c)\`, \`list.exists(x, c)\`, \`list.exists_one(x, c)\` | whether c is true for all, for some, for just one |
| \`[a, b]\`, \`{"k": v}\` | a list, a map |

## Functions
A function of a value may stand behind it: \`trim(x)\` and \`x.trim()\` are the same. Where the first argument is null, most give null.
`

/** The page docs/expressions.md, from the table of functions. */
export function expressionsPage(): string {
  const sections = GROUPS.map(([group, title]) => {
    const rows = Object.entries(FUNCTIONS)
      .filter(([, entry]) => entry.group === group)
      .map(([name, entry]) => row(name, entry))
    return `### ${title}\n| function | gives | example |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  return `<!-- Generated from the table of functions in engine/core/expression/. Do not edit. -->\n${INTRODUCTION}\n${sections.join('\n')}`
}

function row(name: string, entry: FunctionEntry): string {
  const example = `${code(entry.example.cel)} → ${given(entry.example.gives)}`
  return `| ${code(signature(name, entry))} | ${entry.meaning.replaceAll('|', '\\|')} | ${example} |`
}

function given(value: Given): string {
  if (typeof value === 'object' && value !== null && 'decimal' in value) return code(String(value.decimal))
  if (typeof value === 'object' && value !== null && 'reference' in value)
    return `the record with the id ${String(value.reference)}`
  return code(JSON.stringify(value))
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}
