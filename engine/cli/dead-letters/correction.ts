import { isIdentityOf } from '../../core/dead-letter/identity.ts'
import { type Overlay, overlayFaults } from '../../core/dead-letter/overlay.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Plan } from '../../core/model/plan.ts'
import type { Selection } from '../../core/model/selection.ts'
import { MASK } from '../../core/personal/mask.ts'
import { leavesOf, valueOfText } from './sheet/cells.ts'

/** What a person wrote to correct records with. */
export interface Edits {
  /** `path=value`, each. */
  readonly set: readonly string[]
  /** An edited copy of a record, or values by their paths. */
  readonly edited: JsonObject | null
}

export interface Correction {
  readonly overlay: Overlay
  /** Why it cannot be taken; empty: it can. */
  readonly faults: readonly string[]
}

/** What the edits make of one record. All that does not fit is told at once. */
export function correctionOf(plan: Plan, data: JsonObject, edits: Edits): Correction {
  const { as, selection } = plan.source
  const leaves = new Map(leavesOf(selection, data).map((leaf) => [leaf.path, leaf]))
  const overlay: Record<string, JsonValue> = {}
  const faults: string[] = []
  for (const text of edits.set) {
    const equals = text.indexOf('=')
    if (equals < 1) {
      faults.push(`"${text}" sets nothing. Write --set path=value.`)
      continue
    }
    const path = pathBelow(text.slice(0, equals).trim(), as, selection)
    const leaf = leaves.get(path)
    const read =
      leaf === undefined ? { value: text.slice(equals + 1) } : valueOfText(leaf.field, text.slice(equals + 1))
    if ('fault' in read) faults.push(`${path} does not fit: ${read.fault}.`)
    else overlay[path] = read.value
  }
  if (edits.edited !== null) {
    const compared = compareEdited(selection, data, edits.edited, as)
    Object.assign(overlay, compared.overlay)
    faults.push(...compared.faults)
  }
  const changes = Object.entries(overlay).filter(
    ([path, value]) => !leaves.has(path) || !isSame(leaves.get(path)!.value, value),
  )
  if (changes.length === 0 && faults.length === 0)
    return { overlay: {}, faults: ['It changes nothing of the record.'] }
  const changed = Object.fromEntries(changes)
  const misfits = changes.length === 0 ? [] : overlayFaults(changed, selection, data, isIdentityOf(plan))
  return {
    overlay: changed,
    faults: [...faults, ...misfits.map(({ path, message }) => `${path}: ${message}`)],
  }
}

/** Expressions put the record's name in front of a path; corrections may. */
function pathBelow(path: string, as: string, selection: Selection): string {
  return path.startsWith(`${as}.`) && selection[as] === undefined ? path.slice(as.length + 1) : path
}

/** What an edited copy says otherwise than the record. What it leaves out stays, and so does what is masked in it. */
function compareEdited(
  selection: Selection,
  data: JsonObject,
  edited: JsonObject,
  as: string,
): { readonly overlay: Overlay; readonly faults: readonly string[] } {
  const overlay: Record<string, JsonValue> = {}
  const faults: string[] = []
  const compare = (level: Selection, before: JsonObject, after: JsonObject, above: string): void => {
    for (const [name, value] of Object.entries(after)) {
      const field = Object.hasOwn(level, name) ? level[name]! : undefined
      const path = above + name
      const known = before[name] ?? null
      if (value === MASK) continue
      // Values by their paths, or what the mapping does not read: for the correction to judge.
      if (field?.fields === undefined) overlay[above === '' ? pathBelow(path, as, selection) : path] = value
      else if (Array.isArray(value)) {
        const entries = Array.isArray(known) ? known : []
        if (entries.length !== value.length)
          faults.push(
            `${path} has ${entries.length} entries, and ${value.length} in the edited copy: entries can be corrected, not added or taken away.`,
          )
        else
          for (const [index, entry] of value.entries())
            if (isJsonObject(entry))
              compare(field.fields, objectOf(entries[index]), entry, `${path}.${index}.`)
      } else if (isJsonObject(value)) compare(field.fields, objectOf(known), value, `${path}.`)
      else if (!isSame(known, value)) overlay[path] = value
    }
  }
  compare(selection, data, edited, '')
  return { overlay, faults }
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function isSame(before: JsonValue, after: JsonValue): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}

/** Each change as `path: before → after`. `open`: personal values too. */
export function changeLines(
  plan: Plan,
  data: JsonObject,
  overlay: Overlay,
  open: boolean,
): readonly string[] {
  const leaves = new Map(leavesOf(plan.source.selection, data).map((leaf) => [leaf.path, leaf]))
  return Object.entries(overlay).map(([path, value]) => {
    const leaf = leaves.get(path)
    const masked = leaf?.field.personal === true && !open
    const shown = (text: JsonValue) => (masked && text !== null ? MASK : JSON.stringify(text))
    return `${path}: ${shown(leaf?.value ?? null)} → ${shown(value)}`
  })
}
