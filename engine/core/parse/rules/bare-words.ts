import { nearest } from '../../expression/nearest.ts'
import type { Advice } from '../../model/diagnostic.ts'
import type { JsonValue } from '../../model/json.ts'
import type { ParsedDocument, Path } from '../document.ts'
import type { MappingFile } from '../language.generated.ts'
import { isExpressionPath } from '../positions.ts'
import type { ParsedMapping } from '../repository.ts'
import { leavesOf, type Rule } from './rule.ts'

/** One or more words, and nothing that makes an expression of them. */
const WORDS = /^[\p{L}_][\p{L}\p{N}_]*(?:[ -]+[\p{L}\p{N}_]+)*$/u
const OPERATORS = /(^|\s)(in|and|or|not|if|true|false|null)(\s|$)/i
const SWITCHES: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false }

interface BareWord {
  readonly path: Path
  readonly word: string
  /** The variable whose field was meant, if a field was. */
  readonly variable: string
}

/** `note: Web` is neither a variable nor marked as a text: both readings are shown. */
export const bareWordsAreMarked: Rule = ({ repository, add }) => {
  for (const { document } of Object.values(repository.mappings)) {
    for (const { path, word, variable } of bareWordsOf(document.value as MappingFile)) {
      const known = SWITCHES[word.toLowerCase()]
      const field = /^\w+$/.test(word) ? `${variable}.${word} for a field of the record, or ` : ''
      add(document, path, {
        code: 'bare-word',
        message: `"${word}" is neither a variable nor marked as a text.`,
        hint:
          known === undefined
            ? textAdvice(document, path, word, `Write ${field}{ constant: ${word} } for the text.`)
            : { hint: `Write ${known}, or { constant: ${word} } for the text.`, replace: String(known) },
      })
    }
  }
}

/** Which of the two was meant is the author's to say: offered, not done unasked. */
function textAdvice(document: ParsedDocument, path: Path, word: string, hint: string): Advice {
  const text = `{ constant: ${word} }`
  const scalar = document.rawOf(path)
  const marked = path.at(-1) === 'value'
  return marked || scalar === null
    ? { hint }
    : { hint, title: `Write ${text}`, edits: [{ ...scalar.place, text }] }
}

/** The mapping with every bare word read as the text it is, so that later checks do not tell the same fault again. */
export function withWordsAsTexts(mapping: ParsedMapping): ParsedMapping {
  const words = bareWordsOf(mapping.value)
  if (words.length === 0) return mapping
  const value = structuredClone(mapping.value)
  for (const { path, word } of words) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], value)
    const isCondition = path.at(-1) === 'when' || path.at(-1) === 'unless'
    ;(parent as Record<string | number, JsonValue>)[path.at(-1)!] = isCondition ? true : { constant: word }
  }
  return { ...mapping, value }
}

function bareWordsOf(mapping: MappingFile): readonly BareWord[] {
  const found: BareWord[] = []
  for (const [leaf, path] of leavesOf(mapping)) {
    if (typeof leaf !== 'string' || path.at(-1) === 'each' || !isExpressionPath(path)) continue
    const word = leaf.trim()
    if (!WORDS.test(word) || OPERATORS.test(word)) continue
    const scope = scopeAt(mapping, path)
    const variable = scope.at(-1)!
    const first = /^[\p{L}\p{N}_]+/u.exec(word)![0]
    // What is close to a variable is a slip of the pen, which the checker tells with the variable's name.
    if (!scope.includes(first) && nearest(first, scope) === null) found.push({ path, word, variable })
  }
  return found
}

function scopeAt(mapping: MappingFile, path: Path): readonly string[] {
  const scope = path.at(-1) === 'unless' ? ['target', mapping.source.as] : [mapping.source.as]
  const blocks = path[0] === 'fields' ? mapping.fields[String(path[1])] : null
  if (Array.isArray(blocks))
    scope.push(...blocks.slice(Number(path[2]), Number(path[2]) + 1).map(({ as }) => as))
  return scope
}
