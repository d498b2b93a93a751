import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'
import { first } from './0001-first.ts'
import { settling } from './0002-settling.ts'
import { decisions } from './0003-decisions.ts'
import { alerts } from './0004-alerts.ts'
import { channels } from './0005-channels.ts'
import { budget } from './0006-budget.ts'
import { credentials } from './0007-credentials.ts'
import { runStates } from './0008-run-states.ts'
import { exchanges } from './0009-exchanges.ts'
import { shapes } from './0010-shapes.ts'
import { credentialHistory } from './0011-credential-history.ts'

/** One step from a version of the store to the next. Forward only; released ones are never edited or renamed. */
export interface Migration {
  readonly name: string
  up(db: Kysely<Database>): Promise<void>
}

/** In order. */
export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-tables', up: first },
  { name: '0002-settling', up: settling },
  { name: '0003-decisions', up: decisions },
  { name: '0004-alerts', up: alerts },
  { name: '0005-channels', up: channels },
  { name: '0006-budget', up: budget },
  { name: '0007-credentials', up: credentials },
  { name: '0008-run-states', up: runStates },
  { name: '0009-exchanges', up: exchanges },
  { name: '0010-shapes', up: shapes },
  { name: '0011-credential-history', up: credentialHistory },
]
