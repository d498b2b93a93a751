import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LetterDecisionOutput } from '../../../workflows/dead-letter-messages.ts'
import { type DeadLetterRow, deadLetters } from '../../store/dead-letters.ts'
import { type SentDecision, sendDecision } from '../../temporal/decide.ts'
import { prefixText } from '../../temporal/names.ts'
import type { Invocation } from '../command.ts'
import { withOwnWorker } from '../own-worker.ts'
import type { Session } from '../session.ts'

/** What is decided of dead letters of one mapping at once. */
export interface Deciding {
  readonly mapping: string
  readonly decision: SentDecision
  /** The dead letters it is about, as far as they are known before. */
  readonly ids: readonly string[]
  /** Sent again with the same one it decides nothing again. Default: one of its own. */
  readonly updateId?: string
}

export interface Decided extends LetterDecisionOutput {
  readonly mapping: string
  readonly kind: SentDecision['kind']
}

/** A worker that has not answered by then is not up, whatever Temporal remembers. */
const PATIENCE_MS = 5_000
/** How long what became of a retry is waited for. */
const WATCH_MS = 60_000

/**
 * Sends decisions to the workflows that look after the mappings' dead letters, and waits until what is tried again has been tried.
 * Where no worker is up the command works as one meanwhile.
 */
export function decideAll(
  invocation: Invocation,
  session: Session,
  decisions: readonly Deciding[],
): Promise<{ readonly decided: readonly Decided[]; readonly after: readonly DeadLetterRow[] }> {
  const { output, options } = invocation
  return withOwnWorker(session, async (begin) => {
    const temporal = await session.temporal()
    const decided: Decided[] = []
    for (const { mapping, decision, updateId } of decisions) {
      const sent = sendDecision(temporal, session.prefix, mapping, decision, updateId ?? randomUUID())
      const late = sleep(PATIENCE_MS, 'late' as const, { ref: false })
      if ((await Promise.race([sent, late])) === 'late') await begin()
      decided.push({ mapping, kind: decision.kind, ...(await sent) })
    }
    const tried = decisions.filter(({ decision: { kind } }) => kind === 'retry' || kind === 'correct')
    const ids = tried.flatMap((deciding) => deciding.ids)
    const after =
      ids.length === 0 || options['no-wait'] === true ? [] : await triedAgain(invocation, session, ids)
    output.progress(null)
    return { decided, after }
  })
}

/** What became of them, or where they stand when that takes too long. */
async function triedAgain(
  { output, signal }: Invocation,
  session: Session,
  ids: readonly string[],
): Promise<readonly DeadLetterRow[]> {
  const { store, prefix } = session
  const until = Date.now() + WATCH_MS
  for (;;) {
    const letters = await deadLetters(store, prefixText(prefix), { ids, limit: ids.length })
    const left = letters.filter(({ state }) => state === 'retrying').length
    if (left === 0 || Date.now() > until || signal.aborted) return letters
    output.progress(`trying again, ${left} to go`)
    await sleep(200)
  }
}
