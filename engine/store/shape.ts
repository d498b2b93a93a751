import type { Database } from './tables.ts'

/** What can be said of a table without knowing what it is for. */
export interface TableShape<Table> {
  /** The primary key, in its order. */
  readonly key: readonly (keyof Table & string)[]
  /** Columns that hold JSON. */
  readonly json: readonly (keyof Table & string)[]
  /** Columns that are sealed at rest, each for the purpose `table.column`. Rows of earlier versions may hold them as they are. */
  readonly sealed?: readonly (keyof Table & string)[]
}

/** Every table; those that others point to come before these. */
export const TABLES = {
  plan: { key: ['hash'], json: ['plan', 'source_map'] },
  applied_plan: { key: ['project', 'mapping'], json: [] },
  target_owner: { key: ['project', 'target'], json: [] },
  lease: { key: ['project', 'mapping'], json: [] },
  cursor: { key: ['project', 'mapping', 'lane'], json: ['cursor'] },
  ledger: {
    key: ['project', 'namespace', 'key'],
    json: ['field_hashes', 'steps_due', 'previous', 'sent'],
  },
  dead_letter: {
    key: ['id'],
    json: ['payload', 'mapped', 'source_fields', 'exchange'],
    sealed: ['payload', 'mapped', 'exchange'],
  },
  decision: { key: ['id'], json: ['overlay'], sealed: ['overlay'] },
  edit: { key: ['id', 'dead_letter_id'], json: ['overlay'], sealed: ['overlay'] },
  overlay: {
    key: ['project', 'mapping', 'source_key'],
    json: ['source_fields', 'overlay'],
    sealed: ['overlay'],
  },
  drain: { key: ['id'], json: ['clusters'] },
  run: { key: ['id'], json: ['tally'] },
  run_page: { key: ['run_id', 'sequence'], json: ['tally'] },
  judgement: { key: ['project', 'mapping'], json: [] },
  drift: { key: ['project', 'mapping', 'connection', 'resource', 'field', 'kind'], json: [] },
  field_history: { key: ['project', 'mapping'], json: ['counts'] },
  live_shape: { key: ['project', 'connection', 'resource'], json: ['shape'] },
  known_shape: { key: ['project', 'mapping', 'connection', 'resource'], json: ['shape'] },
  selection: { key: ['project', 'id'], json: ['keys'] },
  alert_state: { key: ['project', 'mapping', 'rule'], json: ['told', 'message'] },
  alert_change: { key: ['project', 'mapping', 'rule', 'sequence'], json: [] },
  halt: { key: ['run_id', 'since'], json: [] },
  usage: { key: ['project', 'connection', 'mapping', 'day'], json: [] },
  channel: { key: ['project', 'name'], json: ['settings'] },
  outbox: { key: ['id'], json: ['message', 'notify'] },
  credential: {
    key: ['project', 'connection'],
    json: ['sealed', 'previous', 'made'],
    sealed: ['sealed', 'previous', 'made'],
  },
  connection_watch: {
    key: ['project', 'connection'],
    json: ['refused_with', 'scopes_missing', 'scopes_unneeded'],
    sealed: ['refused_with'],
  },
  credential_history: { key: ['project', 'connection', 'what', 'since'], json: [] },
  budget: { key: ['project', 'connection'], json: ['state'] },
  migration: { key: ['name'], json: [] },
} as const satisfies { readonly [name in keyof Database]: TableShape<Database[name]> }

export type TableName = keyof Database
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[]

/** The columns of a table that are sealed at rest. */
export function sealedColumns(table: TableName): readonly string[] {
  const shape: TableShape<never> = TABLES[table]
  return shape.sealed ?? []
}
