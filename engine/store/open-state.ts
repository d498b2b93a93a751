import { sql } from 'kysely'
import { OPEN_DEAD_LETTER_STATES } from '../core/model/dead-letter.ts'

/**
 * States as they stand in the condition of a partial index. Written out rather than given as parameters: a planner uses
 * such an index only where it can see that the condition holds.
 */
export const OPEN_STATES = sql<string>`(${sql.join(OPEN_DEAD_LETTER_STATES.map((state) => sql.lit(state)))})`
export const WAITING = sql.lit('waiting')
export const INTENT = sql.lit('intent')
