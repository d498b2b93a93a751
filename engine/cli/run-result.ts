import { balances, EMPTY_TALLY, type Tally } from '../core/model/tally.ts'
import type { RunRow, WaitingState } from '../store/runs.ts'
import { howToGoOn, STATE_WORDS } from '../transfer/how-to-go-on.ts'
import { counted, type Output } from './output.ts'

/** What one run did, as `run --json` gives it. */
export interface MappingResult
  extends Pick<
    Tally,
    | 'read'
    | 'created'
    | 'updated'
    | 'unchanged'
    | 'filtered'
    | 'parked'
    | 'calls'
    | 'writeCalls'
    | 'due'
    | 'delivered'
  > {
  readonly mapping: string
  readonly seconds: number
  readonly balanced: boolean
  /** A waiting state: the run goes on without the command, when what it waits for has come. */
  readonly state: 'done' | 'failed' | WaitingState
  readonly error: string | null
}

/** A wait longer than this is not waited for by the command. */
const SHORT_WAIT_MS = 60_000

/** Whether a run waits for somebody, or for long: it goes on by itself, and the command ends before it. */
export function isLeft({ state, until }: RunRow, now: number): boolean {
  if (state === 'halted' || state === 'awaiting-credentials') return true
  return state === 'throttled' && until !== null && until - now > SHORT_WAIT_MS
}

export function resultOf(
  mapping: string,
  row: RunRow | null,
  started: number,
  error: string | null,
): MappingResult {
  const tally = row?.tally ?? EMPTY_TALLY
  return {
    mapping,
    read: tally.read,
    created: tally.created,
    updated: tally.updated,
    unchanged: tally.unchanged,
    filtered: tally.filtered,
    parked: tally.parked,
    calls: tally.calls,
    writeCalls: tally.writeCalls,
    seconds: Math.round((Date.now() - started) / 100) / 10,
    due: tally.due,
    delivered: tally.delivered,
    balanced: error === null && balances(tally),
    state: error === null ? 'done' : 'failed',
    error,
  }
}

export function progressLine(mapping: string, tally: Tally, ms: number): string {
  const judged = tally.created + tally.updated + tally.unchanged + tally.filtered + tally.parked
  const rate = ms > 0 ? Math.round((judged / ms) * 1000) : 0
  return `${mapping}  read ${tally.read}  created ${tally.created}  updated ${tally.updated}  unchanged ${tally.unchanged}  filtered ${tally.filtered}  parked ${tally.parked}  ${rate}/s`
}

export function showResult(result: MappingResult, output: Output): void {
  if (result.error !== null) output.error(`${result.mapping}: ${result.error}`)
  const parked = result.parked > 0 ? output.style('yellow', `parked ${result.parked}`) : 'parked 0'
  output.line(
    `${result.state === 'done' ? output.style('green', '✓') : output.style('red', '✗')} ${result.mapping}  read ${result.read} = created ${result.created} + updated ${result.updated} + unchanged ${result.unchanged} + filtered ${result.filtered} + ${parked}  (${counted(result.calls, 'call')}, ${counted(result.writeCalls, 'write')}, ${result.seconds} s)`,
  )
  if (result.due > 0) output.line(`  due ${result.due}, of them delivered ${result.delivered}`)
  if (result.parked > 0) output.line(`  tidelock dead-letters list --mapping ${result.mapping} shows why`)
}

/** A run that waits for somebody, or for long, is left to itself: says so, and how it goes on. `own` null: the command began none. */
export function showLeft(
  mapping: string,
  waiting: RunRow,
  own: RunRow | null,
  started: number,
  output: Output,
): MappingResult {
  const state = waiting.state as WaitingState
  const result = { ...resultOf(mapping, own, started, waiting.failureMessage), state, balanced: false }
  showResult(result, output)
  output.note(`${mapping}: ${STATE_WORDS[state]}. ${howToGoOn(waiting)}`)
  return result
}
