import { didYouMean } from '../expression/nearest.ts'
import type { Advice, Edit, Pointer } from '../model/diagnostic.ts'
import { canonicalJson, isJsonObject, type JsonValue } from '../model/json.ts'
import type { ParsedDocument } from '../parse/document.ts'
import type { Report } from './report.ts'
import type { Rights } from './scopes.ts'

/**
 * Declared must equal needed: a missing right stops a run, a superfluous one is a door left open. Each fault names the lines that
 * need the right, and carries the line of scopes as it should be.
 */
export function compareScopes(
  report: Report,
  declared: Readonly<Record<string, JsonValue>>,
  needed: Readonly<Record<string, Rights>>,
): void {
  const undeclared = Object.keys(needed).filter((name) => declared[name] === undefined)
  if (undeclared.length > 0) reportUndeclared(report, needed, undeclared)
  for (const [connection, rights] of Object.entries(needed)) {
    const found = declared[connection]
    if (found !== undefined) different(report, found, rights, connection)
  }
  for (const name of Object.keys(declared)) {
    if (needed[name] !== undefined) continue
    report.add(
      'error',
      'superfluous-scope',
      ['scopes', name],
      `The mapping does not use "${name}".`,
      didYouMean(
        name,
        Object.keys(needed).filter((other) => declared[other] === undefined),
      ) ?? 'Remove the line.',
      'key',
    )
  }
}

function reportUndeclared(
  report: Report,
  needed: Readonly<Record<string, Rights>>,
  names: readonly string[],
): void {
  const lines = names.map((name) => `${name}: ${flow(needed[name]!.scopes)}`)
  const isSection = report.document.sourceOf(['scopes']) !== null
  report.add(
    'error',
    'missing-scopes',
    ['scopes'],
    isSection
      ? `The mapping uses ${list(names.map(quoted))} and declares no scopes for it.`
      : `The mapping declares no scopes, and uses ${list(names.map(quoted))}.`,
    {
      hint: isSection ? `Write ${lines.join(', ')}` : `Write scopes: { ${lines.join(', ')} }`,
      title: 'Write the scopes that the mapping needs',
      safe: true,
      edits: [insertion(report.document, lines)],
      related: [...new Set(names.flatMap((name) => [...needed[name]!.reasons.values()]))],
    },
    'key',
  )
}

function quoted(name: string): string {
  return `"${name}"`
}

function different(report: Report, found: JsonValue, { scopes, reasons }: Rights, connection: string): void {
  const has = entriesOf(found)
  const wants = entriesOf(scopes)
  const missing = [...wants].filter((right) => !has.has(right))
  const superfluous = [...has].filter((right) => !wants.has(right))
  const advice: Advice = {
    hint: `Write ${connection}: ${flow(scopes)}`,
    title: `Write ${connection}: ${flow(scopes)}`,
    ...rewritten(report.document, connection, scopes),
  }
  const where = ['scopes', connection]
  if (missing.length > 0) {
    const because = new Map<string, Pointer>()
    for (const right of missing) {
      const pointer = reasons.get(right)
      if (pointer !== undefined) because.set(`${pointer.path.join('.')} ${pointer.message}`, pointer)
    }
    const lines = [...because.values()].map(
      ({ path, message }) => `line ${report.document.placeOf(path).line} ${message}`,
    )
    const unused =
      superfluous.length > 0 ? ` It declares ${list(superfluous)}, which no line of it needs.` : ''
    report.add(
      'error',
      'missing-scope',
      where,
      `The mapping needs ${list(missing)} at "${connection}", which it does not declare: ${list(lines)}.${unused}`,
      { ...advice, related: [...because.values()] },
      'key',
    )
  } else if (superfluous.length > 0)
    report.add(
      'error',
      'superfluous-scope',
      where,
      `The mapping declares ${list(superfluous)} at "${connection}", and no line of it needs that.`,
      advice,
      'key',
    )
}

/** The value written anew in the style it has. What a comment inside it says may no longer be true: then it is not safe. */
function rewritten(
  document: ParsedDocument,
  connection: string,
  scopes: JsonValue,
): Pick<Advice, 'edits' | 'safe'> {
  const found = document.sourceOf(['scopes', connection])
  if (found === null) return {}
  const text = found.isBlock ? block(scopes, found.place.column) : flow(scopes)
  return { safe: !found.text.includes('#'), edits: [{ ...found.place, text }] }
}

/** New lines under `scopes`, or the whole section at the end of the file. */
function insertion(document: ParsedDocument, lines: readonly string[]): Edit {
  const section = document.sourceOf(['scopes'])
  if (section === null) {
    const { place, endsLine } = document.end
    return {
      ...place,
      text: `${endsLine ? '' : '\n'}\nscopes:\n${lines.map((line) => `  ${line}\n`).join('')}`,
    }
  }
  const { file, line } = section.place
  const column = section.place.column + (section.isBlock ? 0 : 1)
  const indent = ' '.repeat(column - 1)
  const text = section.isBlock
    ? lines.map((added) => `${added}\n${indent}`).join('')
    : ` ${lines.join(', ')},`
  return { file, line, column, endLine: line, endColumn: column, text }
}

function entriesOf(scopes: JsonValue): Set<string> {
  if (Array.isArray(scopes)) return new Set(scopes.map(String))
  if (!isJsonObject(scopes)) return new Set()
  return new Set(
    Object.entries(scopes).flatMap(([resource, operations]) =>
      (operations as readonly string[]).map((operation) => `${operation} on ${resource}`),
    ),
  )
}

function list(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** YAML flow style, for a line that can be pasted. */
function flow(scopes: JsonValue): string {
  if (Array.isArray(scopes)) return `[${scopes.join(', ')}]`
  if (!isJsonObject(scopes)) return canonicalJson(scopes)
  return `{ ${Object.entries(scopes)
    .map(([resource, operations]) => `${resource}: ${flow(operations)}`)
    .join(', ')} }`
}

function block(scopes: JsonValue, column: number): string {
  const lines = Array.isArray(scopes)
    ? scopes.map((scope) => `- ${String(scope)}`)
    : Object.entries(scopes as object).map(([resource, operations]) => `${resource}: ${flow(operations)}`)
  return lines.join(`\n${' '.repeat(column - 1)}`)
}
