import type { Database } from './env.ts'
import { readFields } from './fields.ts'

export interface FieldChange {
  readonly model: string
  readonly field: string
  /** Null: it goes. `recorded`: it is again what it was in the beginning. */
  readonly to: { readonly name?: string; readonly type?: string } | null | 'recorded'
}

/** What an upgrade does to a field: it goes, or gets another name or type. Values go with the name; those of a field that is gone stay. */
export function changeField(db: Database, { model, field, to }: FieldChange): void {
  const fields = new Map(db.fields.get(model))
  db.fields.set(model, fields)
  if (to === 'recorded') {
    fields.set(field, readFields(db.version).get(model)!.get(field)!)
    return
  }
  const old = fields.get(field)
  if (old === undefined) throw new Error(`no field ${field} of ${model}`)
  fields.delete(field)
  const name = to?.name ?? field
  if (to !== null) fields.set(name, { ...old, name, type: to.type ?? old.type })
  if (name === field) return
  for (const row of [...db.store.all(model)]) {
    const { [field]: value, ...others } = row
    if (value !== undefined) db.store.put(model, { ...others, id: row.id, [name]: value })
  }
}
