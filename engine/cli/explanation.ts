import type { ExplainedLine, ExplainedRecord } from '../core/explain/record.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import type { Plan, SourceMap } from '../core/model/plan.ts'
import type { Explained } from '../transfer/explain.ts'
import { nameOf } from './dead-letters/list.ts'
import { instantText, type Output } from './output.ts'

/** What would happen to the record and why, and what ledger, review table and target say of it. */
export function showVerdict(plan: Plan, explained: Explained, output: Output): void {
  const name = nameOf(explained)
  output.line(
    output.style('bold', `${plan.mapping}: ${name}`) +
      (name === explained.key ? '' : output.style('dim', `  ${explained.key}`)),
  )
  output.line(`  ${verdictOf(explained)}`)
  output.line()
  const { ledger, deadLetter, target } = explained
  const system = plan.target.connection.name
  output.line(
    `  ${plan.source.connection.name}: ${explained.atSource ? `last changed ${explained.stamp}` : 'no longer has it; this is the kept copy'}`,
  )
  output.line(
    ledger === null
      ? '  ledger: never met it'
      : `  ledger: ${ledger.state}${ledger.adopted ? ', taken over' : ''}${ledger.deliveredAt === null ? '' : `, ${instantText(ledger.deliveredAt)}`}${ledger.planHash === null ? '' : `, plan ${ledger.planHash.slice(0, 12)}`}${ledger.stepsDue.length === 0 ? '' : `, still to do: ${ledger.stepsDue.join(', ')}`}`,
  )
  output.line(
    target === null ? `  ${system}: not there` : `  ${system}: ${plan.target.resource} ${target.id}`,
  )
  if (deadLetter !== null)
    output.line(
      output.style(
        'yellow',
        `  parked since ${instantText(deadLetter.firstSeenAt)}, ${deadLetter.attempts} attempt${deadLetter.attempts === 1 ? '' : 's'}${deadLetter.dueAt === null ? '' : `, again at ${instantText(deadLetter.dueAt)}`} (${deadLetter.id})`,
      ),
    )
  for (const total of explained.totals) {
    const differs =
      total.found !== null && total.source !== null && Number(total.found) !== Number(total.source)
    output.line(
      `  ${total.target}: ${shown(total.source)} at the source, ${total.found === null ? 'nothing' : shown(total.found)} at the target${differs ? output.style('red', '  differs') : ''}`,
    )
  }
  output.line()
}

function verdictOf({ would, why, sends, at }: Explained): string {
  const what = [
    ...sends.fields,
    ...(sends.lines > 0 ? [`${sends.lines} line${sends.lines === 1 ? '' : 's'}`] : []),
  ]
  switch (would) {
    case 'create':
      return `It would be created, with ${what.join(', ')}.`
    case 'adopt':
      return `It would be taken over: the record stands at the target already. Written: ${what.join(', ') || 'nothing'}.`
    case 'update':
      return what.length === 0
        ? 'Nothing of it would be sent; a step or a total is still due.'
        : `It would be updated: ${what.join(', ')}.`
    case 'leave':
      return 'Nothing would be done: it stands at the target as it was delivered, and did not change since.'
    case 'filter':
      return `It would be left out: ${why}.`
    case 'park':
      return `It would be parked${at === null ? '' : ` at ${at.replaceAll('fields.', '')}`}. ${why}`
  }
}

/** Each line of the mapping with what it read and what it gave. `now`: what the target holds, by field. */
export function showLines(
  sourceMap: SourceMap,
  record: ExplainedRecord,
  now: JsonObject | null,
  output: Output,
): void {
  const groups: readonly (readonly [string, readonly ExplainedLine[]])[] = [
    ['identity', record.identity],
    ['keep', record.keep],
    ['fields', record.fields],
    ['agree', record.agree],
    ['then', record.steps],
  ]
  for (const [title, lines] of groups) {
    if (lines.length === 0) continue
    output.line(output.style('bold', title))
    for (const line of lines) showLine(title, line, sourceMap, now, output)
  }
}

function showLine(
  title: string,
  line: ExplainedLine,
  sourceMap: SourceMap,
  now: JsonObject | null,
  output: Output,
): void {
  const place = placeOf(sourceMap, line.at)
  const value =
    line.result.status === 'value'
      ? shown(line.result.value)
      : line.result.status === 'pending'
        ? 'not answered'
        : output.style('yellow', `parks the record (${line.result.class}): ${line.result.message}`)
  const held = title === 'fields' && line.line === null ? now?.[line.target] : undefined
  const beside =
    held === undefined || (line.result.status === 'value' && alike(held, line.result.value))
      ? ''
      : output.style('dim', `   now ${shown(held)}`)
  output.line(
    `  ${line.target} = ${value}${line.firstTimeOnly ? output.style('dim', '  (the first time only)') : ''}${beside}`,
  )
  const reads = line.reads.filter(({ path }) => path !== line.expression)
  output.line(output.style('dim', `      ${line.expression}${place === null ? '' : `   :${place}`}`))
  if (reads.length > 0)
    output.line(
      output.style(
        'dim',
        `      ${reads.map(({ path, value: read }) => `${path} = ${shown(read)}`).join('; ')}`,
      ),
    )
}

function placeOf({ places }: SourceMap, at: string): number | null {
  for (let path = at; ; path = path.slice(0, path.lastIndexOf('.'))) {
    const place = places[path]
    if (place !== undefined) return place.line
    if (!path.includes('.')) return null
  }
}

/** The target's form of a value may differ: `57` and 57, `28.0` and 28. */
function alike(held: JsonValue, value: JsonValue): boolean {
  if (shown(held) === shown(value) || String(held ?? '') === String(value ?? '')) return true
  return held !== null && value !== null && held !== '' && Number(held) === Number(value)
}

const LONGEST = 100

function shown(value: JsonValue): string {
  if (typeof value === 'string' && isLookUp(value)) return shortened(value)
  if (Array.isArray(value) && value.some((item) => typeof item === 'object')) return elements(value.length)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' && isLookUp(item)))
    return shortened(`[${value.join(', ')}]`)
  return shortened(JSON.stringify(value))
}

function isLookUp(text: string): boolean {
  return /^(match|link|ref)\(/.test(text)
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}

function elements(count: number): string {
  return `${count} element${count === 1 ? '' : 's'}`
}
