import type { Env, Hooks } from '../env.ts'
import { validationError, valueError } from '../errors.ts'
import { findXid, XIDS } from '../external-ids.ts'
import { searchRecords } from '../search.ts'

export const modelData: Hooks = {
  order: 'module, model, name, id',
  computed: {
    complete_name: (_env, row) => `${row.module}.${row.name}`,
    reference: (_env, row) => `${row.model},${row.res_id}`,
  },
  displayName: (_env, row) => `${row.module}.${row.name}`,
  created: (env, row) => place(env, row.id),
  written: (env, before) => place(env, before.id),
  check(env, row) {
    if (env.db.store.having(XIDS, '_xid', `${row.module}.${row.name}`).size > 1) {
      throw validationError(
        'The operation cannot be completed: duplicate key value violates unique constraint "ir_model_data_module_name_uniq_index"\n' +
          `DETAIL:  Key (module, name)=(${row.module}, ${row.name}) already exists.\n`,
      )
    }
  },
  methods: {
    check_object_reference: {
      of: 'model',
      parameters: ['module', 'xml_id', 'raise_on_access_error?'],
      run(env, _ids, args) {
        const xid = `${args.module}.${args.xml_id}`
        const row = findXid(env, xid)
        if (row === null) throw valueError(`External ID not found in the system: ${xid}`)
        // It searches for the record: one that is gone, or archived in this context, gives the model and false.
        const found = searchRecords(env, String(row.model), { domain: [['id', '=', row.res_id ?? 0]] })
        return [row.model ?? false, found.length > 0 ? (row.res_id ?? false) : false]
      },
    },
  },
}

function place(env: Env, id: number): void {
  const row = env.db.store.get(XIDS, id)!
  env.db.store.put(XIDS, {
    ...row,
    id,
    _xid: `${row.module}.${row.name}`,
    _target: `${row.model},${row.res_id}`,
  })
}
