import { isIdentityOf } from '../../../core/dead-letter/identity.ts'
import { type Overlay, overlayFaults } from '../../../core/dead-letter/overlay.ts'
import { didYouMean } from '../../../core/expression/nearest.ts'
import {
  DECISION_KINDS,
  type DeadLetterState,
  type DecisionKind,
  OPEN_DEAD_LETTER_STATES,
} from '../../../core/model/dead-letter.ts'
import { maskLetter } from '../../../core/personal/mask.ts'
import { isLeafPath, isUnchanged, type Leaf, leavesOf, valueOfText } from './cells.ts'
import { COLUMNS, columnLetters, NEEDED } from './columns.ts'
import type { CsvRow } from './csv.ts'
import { type JudgedLetter, valuesOf, versionOf } from './export.ts'

/** Something that must not be in a sheet; nothing of it is done then. */
export interface SheetFault {
  readonly line: number
  /** Letters and name: `J (decision)`. Null: the whole line. */
  readonly column: string | null
  readonly message: string
}

/** What a line decides. */
export interface SheetDecision {
  readonly line: number
  readonly id: string
  readonly kind: DecisionKind
  readonly reason: string
  /** Of `assign`; null: nobody. */
  readonly to: string | null
  /** Of `correct`. */
  readonly overlay: Overlay | null
  /** Equal decisions taken since then are this one (epoch ms). */
  readonly since: number
}

/** What is known of the dead letters that a sheet names. */
export interface SheetLetter extends JudgedLetter {
  /** Whether a line of the sheet was decided before: the sheet is imported again. */
  decidedBefore(decision: SheetDecision): boolean
}

export interface SheetRead {
  readonly decisions: readonly SheetDecision[]
  /** Lines whose decision was taken by an earlier import. */
  readonly before: number
  readonly faults: readonly SheetFault[]
}

/** The ids that a sheet names, for whoever looks them up. */
export function idsOfSheet([head, ...rows]: readonly CsvRow[]): readonly string[] {
  const index = head?.cells.indexOf('id') ?? -1
  return rows.flatMap(({ cells }) => cells[index]?.trim() || [])
}

/** All that a sheet decides, and all that is wrong with it. */
export function readSheet(
  [head, ...rows]: readonly CsvRow[],
  letters: ReadonlyMap<string, SheetLetter>,
): SheetRead {
  const faults: SheetFault[] = []
  const names = head?.cells.map((name) => name.trim()) ?? []
  for (const name of NEEDED)
    if (!names.includes(name))
      faults.push({
        line: 1,
        column: null,
        message: `There is no column "${name}". Export again and edit that.`,
      })
  const plans = [...new Set([...letters.values()].map(({ plan }) => plan))]
  const isValue = (name: string) =>
    plans.some(
      ({ source: { as, selection } }) =>
        name.startsWith(`${as}.`) && isLeafPath(selection, name.slice(as.length + 1)),
    )
  for (const [index, name] of names.entries()) {
    const twice = names.indexOf(name) !== index
    if (!twice && (isValue(name) || (COLUMNS as readonly string[]).includes(name))) continue
    const fields = [...letters.values()].flatMap((letter) => [...valuesOf(letter).keys()])
    const near = didYouMean(name, [...COLUMNS, ...fields])
    const message = twice
      ? `There are two columns "${name}".`
      : `"${name}" is no column of these dead letters. ${near?.hint ?? 'Take it away.'}`
    if (rows.some(({ cells }) => (cells[index] ?? '') !== '') || twice)
      faults.push({ line: 1, column: columnName(index, name), message })
  }
  if (faults.length > 0) return { decisions: [], before: 0, faults }

  const decisions: SheetDecision[] = []
  let before = 0
  const lineOf = new Map<string, number>()
  for (const { line, cells } of rows) {
    const tell: Tell = (name, message) => {
      const index = name === null ? -1 : names.indexOf(name)
      faults.push({ line, column: name === null ? null : columnName(index, name), message })
    }
    const row: Row = { line, names, cells, cell: (name) => cells[names.indexOf(name)] ?? '', tell }
    const letter = letterOf(row, letters)
    if (letter === null) continue
    const first = lineOf.get(letter.letter.id)
    if (first !== undefined) tell('id', `It stands in line ${first} too: decide it once.`)
    lineOf.set(letter.letter.id, line)
    const decision = decisionOf(row, letter)
    if (decision === 'before') before++
    else if (decision !== null) decisions.push(decision)
  }
  return faults.length > 0 ? { decisions: [], before: 0, faults } : { decisions, before, faults }
}

/** `column`: its name; null: the whole line. */
type Tell = (column: string | null, message: string) => void

interface Row extends CsvRow {
  readonly names: readonly string[]
  cell(name: string): string
  readonly tell: Tell
}

function letterOf({ names, cells, cell, tell }: Row, letters: ReadonlyMap<string, SheetLetter>) {
  if (cells.length > names.length)
    tell(null, `It has ${cells.length} cells, and there are ${names.length} columns.`)
  const id = cell('id').trim()
  const letter = letters.get(id) ?? null
  if (letter === null && cells.some((text) => text.trim() !== ''))
    tell('id', id === '' ? 'It names no dead letter.' : `There is no dead letter "${id}" here.`)
  return letter
}

/** Null: nothing is decided, or something is wrong. */
function decisionOf(row: Row, judged: SheetLetter): SheetDecision | 'before' | null {
  const { cell, tell, line } = row
  const { letter } = judged
  const kind = kindOf(row)
  if (kind === 'fault') return null
  const isSameVersion = cell('version').trim() === versionOf(letter)
  const reason = cell('reason').trim()
  const since = Date.parse(cell('exported').trim())
  const owner = cell('owner').trim()
  const to = kind === 'assign' ? owner || null : null
  if (kind !== null) {
    if (Number.isNaN(since)) tell('exported', 'It is no instant. Leave it as it was exported.')
    const asBefore = { line, id: letter.id, kind, reason, to, overlay: null, since }
    if (!isSameVersion && judged.decidedBefore(asBefore)) return 'before'
  }
  const changed = isSameVersion && letter.payload !== null ? changedValues(row, judged) : []
  const says = `the decision is ${kind === null ? 'empty' : `"${kind}"`}`
  if (kind !== 'correct')
    for (const name of changed)
      tell(name, `It was changed, and ${says}: write correct there, or put the value back.`)
  if (kind !== 'assign' && owner !== (letter.owner ?? '') && isSameVersion && kind !== null)
    tell('owner', `It was changed, and ${says}: write assign there, or put it back.`)
  if (kind === null) return null
  const needsReason = kind === 'discard' || kind === 'correct'
  if (needsReason && reason === '') tell('reason', `Say why: ${kind} needs a reason.`)
  const overlay = kind === 'correct' && isSameVersion ? overlayOf(row, changed, judged) : null
  const decision = { line, id: letter.id, kind, reason, to, overlay, since }
  if (judged.decidedBefore(decision)) return 'before'
  if (!isOpen(letter.state) && !(kind === 'retry' && letter.state === 'discarded'))
    tell('decision', `It is ${letter.state} since the export: take the decision away.`)
  else if (needsReason && !isSameVersion)
    tell('version', 'The record changed at its source since the export: export again and look at it.')
  return decision
}

function isOpen(state: DeadLetterState): boolean {
  return (OPEN_DEAD_LETTER_STATES as readonly DeadLetterState[]).includes(state)
}

function kindOf({ cell, tell }: Row): DecisionKind | 'fault' | null {
  const written = cell('decision').trim().toLowerCase()
  if (written === '') return null
  const kind = DECISION_KINDS.find((candidate) => candidate === written)
  if (kind !== undefined) return kind
  const near = didYouMean(written, DECISION_KINDS)?.hint
  tell(
    'decision',
    `"${written}" is no decision. ${near ?? `Write ${DECISION_KINDS.join(', ')}, or nothing.`}`,
  )
  return 'fault'
}

/** Columns whose cell says neither the value, nor that it is masked. */
function changedValues({ names, cells }: Row, judged: SheetLetter): readonly string[] {
  const { letter, plan } = judged
  const whole = valuesOf(judged)
  const masked = valuesOf({ letter: maskLetter(plan, letter), plan })
  const changed = fieldsOf(judged).flatMap(([name, { field }]) => {
    const text = cells[names.indexOf(name)]
    if (text === undefined || text === masked.get(name)) return []
    return isUnchanged(field, whole.get(name) ?? '', text) ? [] : [name]
  })
  // What another record of the sheet has and this one does not.
  const foreign = names.filter(
    (name, index) =>
      !(COLUMNS as readonly string[]).includes(name) && !whole.has(name) && (cells[index] ?? '') !== '',
  )
  return [...changed, ...foreign]
}

function fieldsOf({ letter, plan }: SheetLetter): readonly (readonly [string, Leaf])[] {
  const leaves = letter.payload === null ? [] : leavesOf(plan.source.selection, letter.payload.data)
  return leaves.map((leaf) => [`${plan.source.as}.${leaf.path}`, leaf] as const)
}

function overlayOf({ cell, tell }: Row, changed: readonly string[], judged: SheetLetter): Overlay {
  const { as, selection } = judged.plan.source
  const fields = new Map(fieldsOf(judged))
  const overlay: Record<string, Overlay[string]> = {}
  for (const name of changed) {
    const leaf = fields.get(name)
    const read = leaf === undefined ? null : valueOfText(leaf.field, cell(name))
    if (leaf === undefined || read === null) tell(name, 'This record has no such value: leave it empty.')
    else if ('fault' in read) tell(name, `It does not fit: ${read.fault}.`)
    else overlay[leaf.path] = read.value
  }
  if (changed.length === 0) tell('decision', 'It says correct, and no value was changed.')
  if (Object.keys(overlay).length > 0)
    for (const { path, message } of overlayFaults(
      overlay,
      selection,
      judged.letter.payload?.data ?? {},
      isIdentityOf(judged.plan),
    ))
      tell(`${as}.${path}`, message)
  return overlay
}

function columnName(index: number, name: string): string {
  return `${columnLetters(index)} (${name})`
}
