import { maskLetter } from '../../core/personal/mask.ts'
import type { DeadLetterRow } from '../../store/dead-letters.ts'
import { appliedPlan, planByHash, type StoredPlan } from '../../store/plans.ts'
import { prefixText } from '../../temporal/names.ts'
import type { Session } from '../session.ts'

/** The plans that dead letters are shown, masked and corrected by, each read once. */
export interface PlanBook {
  /** The plan that is applied; where the mapping is not applied any more the one it was judged by. Null: neither is known. */
  planOf(letter: DeadLetterRow): Promise<StoredPlan | null>
  /** Dead letters as they may be shown: as they are with `open`, else with personal values masked. */
  shown<Row extends DeadLetterRow>(letters: readonly Row[], open: boolean): Promise<readonly Row[]>
}

export function planBook({ store, prefix }: Session): PlanBook {
  const known = new Map<string, Promise<StoredPlan | null>>()
  const once = (id: string, ask: () => Promise<StoredPlan | null>) => {
    const asked = known.get(id) ?? ask()
    known.set(id, asked)
    return asked
  }
  const planOf = async (letter: DeadLetterRow): Promise<StoredPlan | null> =>
    (await once(`mapping ${letter.mapping}`, () => appliedPlan(store, prefixText(prefix), letter.mapping))) ??
    (await once(`hash ${letter.planHash}`, () => planByHash(store, letter.planHash)))
  return {
    planOf,
    shown: async (letters, open) =>
      open
        ? letters
        : Promise.all(
            letters.map(async (letter) => maskLetter((await planOf(letter))?.plan ?? null, letter)),
          ),
  }
}
