/** One condition of a `query:` text, or a word on its own (field null). */
export interface Term {
  readonly field: string | null
  readonly operator: '>=' | '<=' | '>' | '<' | ':'
  readonly value: string
  readonly negated: boolean
}

export interface SearchWarning {
  readonly field: string
  readonly message: string
  readonly code: 'invalid_field'
}

export interface Search {
  readonly terms: readonly Term[]
  readonly warnings: readonly SearchWarning[]
  /** How Shopify says it understood the text. */
  readonly parsed: object
}

/** What an object is compared by: a field's value (times in epoch ms), null where it has none, undefined where the field is unknown. */
export type Values = (field: string) => string | number | boolean | readonly string[] | null | undefined

/**
 * The search syntax as far as it is used (conditions joined by space or AND; `-` or NOT; quotes) with its trap, as recorded: an
 * unquoted time is cut at its second colon, so that `updated_at:>=2026-01-01T00:00:00Z` becomes "from that hour in the shop's own
 * time zone" and a field "00" that is `00Z`. Nothing has such a field, so nothing is found, and only a warning tells.
 */
export function parseSearch(text: string, known: ReadonlySet<string>, timezone: string): Search {
  const terms: Term[] = []
  const warnings: SearchWarning[] = []
  for (const match of text.matchAll(
    /(-|NOT\s+)?(?:([\w.]+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|(\S+))|'([^']*)'|"([^"]*)"|(\S+))/g,
  )) {
    const [, not, field, operator, single, double, bare, ...words] = match
    const negated = not !== undefined
    if (field === undefined) {
      const word = words.find((candidate) => candidate !== undefined) ?? ''
      if (word !== 'AND') terms.push({ field: null, operator: ':', value: word, negated })
      continue
    }
    const as = { operator: (operator ?? ':') as Term['operator'], negated }
    const cut = /^([^:]*):([^:]*):(.*)$/.exec(bare ?? '')
    if (cut === null) {
      terms.push({ field, value: single ?? double ?? bare ?? '', ...as })
    } else {
      terms.push({ field, value: hourIn(timezone, cut[1]!), ...as })
      terms.push({ field: cut[2]!, operator: ':', value: `${cut[2]}${cut[3]!.slice(2)}`, negated: false })
    }
  }
  for (const { field } of terms)
    if (field !== null && !known.has(field))
      warnings.push({ field, message: 'Invalid search field for this query.', code: 'invalid_field' })
  const parsed = terms.map(asParsed)
  return { terms, warnings, parsed: parsed.length === 1 ? parsed[0]! : { and: parsed } }
}

const RANGES = { '>=': 'range_gte', '<=': 'range_lte', '>': 'range_gt', '<': 'range_lt' } as const

function asParsed({ field, operator, value }: Term): object {
  return { field: field ?? 'default', [operator === ':' ? 'match_all' : RANGES[operator]]: value }
}

/** `2026-01-01T00` as that hour in the shop's time zone, with its offset. */
function hourIn(timezone: string, hour: string): string {
  const utc = Date.parse(`${hour}:00:00Z`)
  if (Number.isNaN(utc)) return hour
  const zone = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(utc)
    .find(({ type }) => type === 'timeZoneName')!.value
  return `${hour}:00:00${zone.replace('GMT', '') || '+00:00'}`
}

/** Whether an object passes all conditions. Times compare to the second, numbers as numbers, text without case. */
export function matches(values: Values, { terms }: Search): boolean {
  return terms.every((term) => holds(values, term) !== term.negated)
}

function holds(values: Values, { field, operator, value }: Term): boolean {
  const found = values(field ?? 'default')
  if (found === null || found === undefined) return false
  if (Array.isArray(found))
    return found.some((one) => compare(String(one).toLowerCase(), operator, value.toLowerCase()))
  if (field === null) return String(found).toLowerCase().includes(value.toLowerCase())
  if (value === '*') return true
  if (field.endsWith('_at')) {
    const second = (at: number) => Math.floor(at / 1_000)
    return compare(second(Number(found)), operator, second(Date.parse(value)))
  }
  if (typeof found === 'number') return compare(found, operator, Number(value))
  const text = String(found).toLowerCase()
  const wanted = value.toLowerCase()
  if (operator === ':' && wanted.endsWith('*')) return text.startsWith(wanted.slice(0, -1))
  return compare(text, operator, wanted)
}

function compare<T extends string | number>(a: T, operator: Term['operator'], b: T): boolean {
  switch (operator) {
    case '>=':
      return a >= b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '<':
      return a < b
    case ':':
      return a === b
  }
}
