import type { TargetShape } from '../model/connector.ts'
import { isJsonObject, type JsonObject } from '../model/json.ts'
import type { Selection } from '../model/selection.ts'
import type { ShapeKind } from './classes.ts'

/** What a system says a resource looks like: the type of each field, by its path (`lineItems.sku`). */
export type Shape = Readonly<Record<string, string>>

/** A field that is not what it was. */
export interface ShapeChange {
  readonly field: string
  readonly kind: ShapeKind | 'missing-field' | 'changed-type'
  readonly expected: string
  readonly found: string
}

/** The fields of a schema in the form of a recorded one, those of objects and of lists of objects included. */
export function shapeOf(schema: JsonObject): Shape {
  const shape: Record<string, string> = {}
  const walk = ({ properties }: JsonObject, prefix: string): void => {
    if (!isJsonObject(properties)) return
    for (const [name, field] of Object.entries(properties)) {
      if (!isJsonObject(field)) continue
      const relation = typeof field['x-relation'] === 'string' ? ` of ${field['x-relation']}` : ''
      shape[`${prefix}${name}`] = `${field['x-type'] ?? 'unknown'}${relation}`
      walk(isJsonObject(field['items']) ? field['items'] : field, `${prefix}${name}.`)
    }
  }
  walk(schema, '')
  return shape
}

/** The paths of a source that a plan reads; objects that it enters are among them. */
export function readPaths(selection: Selection): ReadonlySet<string> {
  const paths = new Set<string>()
  const walk = (fields: Selection, prefix: string): void => {
    for (const [name, field] of Object.entries(fields)) {
      paths.add(`${prefix}${name}`)
      if (field.fields !== undefined) walk(field.fields, `${prefix}${name}.`)
    }
  }
  walk(selection, '')
  return paths
}

/** What became of fields that the plan does not use. Only where it looks: not of objects that it does not enter. */
export function unusedChanges(before: Shape, now: Shape, used: ReadonlySet<string>): ShapeChange[] {
  const changes: ShapeChange[] = []
  const isNear = (path: string): boolean => {
    const dot = path.lastIndexOf('.')
    return dot < 0 || used.has(path.slice(0, dot))
  }
  for (const [field, type] of Object.entries(now)) {
    if (before[field] === undefined && isNear(field) && !used.has(field))
      changes.push({ field, kind: 'new-field', expected: 'no such field', found: type })
  }
  for (const [field, type] of Object.entries(before)) {
    if (!isNear(field) || used.has(field)) continue
    const is = now[field]
    if (is === undefined)
      changes.push({ field, kind: 'unused-missing', expected: type, found: 'no such field' })
    else if (is !== type) changes.push({ field, kind: 'unused-type', expected: type, found: is })
  }
  return changes
}

/** What the plan writes and the target does not have, or has as something else than it had. */
export function writtenChanges(before: Shape, now: Shape, { fields }: TargetShape): ShapeChange[] {
  return Object.keys(fields).flatMap((field): ShapeChange[] => {
    const [was, is] = [before[field], now[field]]
    if (is === undefined)
      return [{ field, kind: 'missing-field', expected: was ?? fields[field]!.type, found: 'no such field' }]
    return was === undefined || was === is ? [] : [{ field, kind: 'changed-type', expected: was, found: is }]
  })
}
