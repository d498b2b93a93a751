import type { Database } from './env.ts'

export interface FieldChange {
  readonly model: string
  readonly field: string
  readonly to: { readonly name?: string; readonly type?: string } | null
}

/** What an upgrade does to a field: it goes, or gets another name or type. Values go with the name. */
export function changeField(db: Database, { model, field, to }: FieldChange): void {
  const fields = new Map(db.fields.get(model))
  const old = fields.get(field)
  if (old === undefined) throw new Error(`no field ${field} of ${model}`)
  fields.delete(field)
  const name = to?.name ?? field
  if (to !== null) fields.set(name, { ...old, name, type: to.type ?? old.type })
  db.fields.set(model, fields)
  if (name === field) return
  for (const row of [...db.store.all(model)]) {
    const { [field]: value, ...others } = row
    if (value !== undefined) db.store.put(model, { ...others, id: row.id, [name]: value })
  }
}
