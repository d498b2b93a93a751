import type { Overlay } from '../../core/dead-letter/overlay.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { maskMapped, maskText } from '../../core/personal/mask.ts'
import { personalValues } from '../../core/personal/values.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import type { StoredPlan } from '../../store/plans.ts'
import { prefixText } from '../../temporal/names.ts'
import { type Reconsidered, reconsider } from '../../transfer/reconsider.ts'
import type { Output } from '../output.ts'
import type { Session } from '../session.ts'
import { nameOf } from './list.ts'

/** What would become of a dead letter if it were tried again now, as it may be shown. */
export interface Preview {
  readonly id: string
  readonly source: Reconsidered['source']
  readonly would: string
  /** Why it would be parked or left out again; empty otherwise. */
  readonly why: string
  readonly at: string | null
  readonly sends: JsonObject
  readonly lines: number
}

/** So many are looked at before a decision on many; the others are like them, or people look at them one by one. */
export const MOST_PREVIEWS = 10

/** Reads the records again at their source and judges them, with a correction each where there is one. Writes nothing. */
export async function previews(
  session: Session,
  stored: StoredPlan,
  letters: readonly DeadLetterRow[],
  options: {
    readonly overlays: ReadonlyMap<string, Overlay>
    readonly open: boolean
    readonly signal: AbortSignal
  },
): Promise<readonly Preview[]> {
  const { plan, hash, sourceMap } = stored
  const found = await reconsider(session.workerDependencies(), {
    scope: prefixText(session.prefix),
    plan,
    planHash: hash,
    sourceMap,
    records: letters.slice(0, MOST_PREVIEWS).flatMap((letter) =>
      letter.sourceKey === null
        ? []
        : [
            {
              id: letter.id,
              sourceKey: letter.sourceKey,
              kept: letter.payload,
              sourceHash: letter.sourceHash,
              overlay: options.overlays.get(letter.id) ?? null,
            },
          ],
    ),
    signal: options.signal,
  })
  return found.map(({ id, source, data, outcome }) => {
    const { would, why, at, fields, lines } = outcome
    const values = personalValues(plan, { data, mapped: fields })
    return {
      id,
      source,
      would,
      why: options.open ? why : maskText(why, values),
      at,
      sends: options.open ? fields : maskMapped(plan, fields, values),
      lines,
    }
  })
}

const WOULD: Readonly<Record<string, string>> = {
  create: 'it would be created',
  adopt: 'it would be taken over',
  update: 'it would be updated',
  leave: 'nothing of it would be sent; it stands at the target',
  filter: 'it would be left out',
  park: 'it would be parked again',
}

const SOURCE: Readonly<Record<Reconsidered['source'], string>> = {
  'as it was': '',
  changed: ', and it changed at its source since',
  gone: '; its source no longer has it, so the kept record counts',
}

/** Before and after, for people. `letters` as they may be shown. */
export function showPreviews(
  letters: readonly DeadLetterRow[],
  found: readonly Preview[],
  output: Output,
): void {
  const byId = new Map(found.map((preview) => [preview.id, preview]))
  for (const letter of letters.slice(0, MOST_PREVIEWS)) {
    const preview = byId.get(letter.id)
    output.line(`${output.style('bold', nameOf(letter))}  ${letter.mapping}  ${letter.id}`)
    output.line(`  before: ${letter.class}: ${letter.message}`)
    // None at all: the systems could not be asked.
    if (found.length === 0) continue
    if (preview === undefined) {
      output.line('  after:  its record is neither at the source nor kept')
      continue
    }
    const { would, why, source, sends, lines } = preview
    output.line(`  after:  ${WOULD[would] ?? would}${SOURCE[source]}${why === '' ? '' : `: ${why}`}`)
    const names = Object.keys(sends)
    if (would !== 'park' && names.length > 0)
      output.line(
        `          ${names.join(', ')}${lines > 0 ? `, ${lines} line${lines === 1 ? '' : 's'}` : ''}`,
      )
  }
  if (letters.length > MOST_PREVIEWS) output.line(`… and ${letters.length - MOST_PREVIEWS} more`)
}
