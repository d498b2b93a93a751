import type { Type } from '../expression/type.ts'
import type { RecordedSchema } from '../model/recorded.ts'
import { type CompiledExpression, type Context, expressionAt, type Variables } from './context.ts'
import type { Misfit } from './fit.ts'
import type { Path } from './report.ts'

/** What is known of the records of a source: their shape, and the values by which the mapping recognises them at the target. */
export interface Told {
  readonly schema: RecordedSchema
  readonly recognisedBy: readonly string[]
}

/**
 * One expression a part; look-ups are not part of an identity. `of` is the record or line that it tells from others, `source` what is
 * known of records.
 */
export function identityOf(
  context: Context,
  where: Path,
  written: unknown,
  planPath: string,
  variables: Variables,
  of: Type,
  source: Told | null = null,
) {
  const parts = Array.isArray(written) ? written : [written]
  const compiled = parts.map((part, index) => {
    const at = Array.isArray(written) ? [...where, index] : where
    const found = expressionAt(context, at, part, `${planPath}.${index}`, variables, { lookUps: false })
    const fault = found === null ? null : (keyFault(found) ?? stampFault(found, source?.schema ?? null))
    if (fault === null) return found
    context.report.add('error', fault.code, at, fault.message, fault.hint)
    return null
  })
  const sound = compiled.filter((part) => part !== null)
  if (sound.length < compiled.length) return sound.map(({ plan }) => plan)
  if (!sound.some((part) => tells(part, of)))
    context.report.add(
      'error',
      'wrong-identity',
      where,
      'This is the same for all of them: each would be written over the one before.',
      'Name a field that tells one from another, such as its id.',
    )
  else if (source !== null) reportRepeating(context, where, sound, source)
  return sound.map(({ plan }) => plan)
}

/** Whether a part of a key may differ from record to record, or from line to line. */
function tells({ plan, reads }: CompiledExpression, { kind, path }: Type): boolean {
  if (!('cel' in plan)) return false
  return kind !== 'object' || reads.some((read) => path!.every((part, index) => read[index] === part))
}

/** Why a value cannot be a part of a key; null when it can. */
function keyFault(compiled: CompiledExpression): Misfit | null {
  const { type } = compiled
  if (type.kind === 'list' || type.kind === 'map' || type.kind === 'reference') {
    return {
      code: 'wrong-identity',
      message: `A part of a key is one plain value, and this gives a ${type.kind}.`,
      hint: 'Name a field that tells one record from another, such as its id.',
    }
  }
  if (!type.nullable) return null
  const found = 'cel' in compiled.plan ? compiled.plan.cel : 'nothing'
  return {
    code: 'may-be-null',
    message: `${found} may have no value, and a record without a key cannot be told from another.`,
    hint: `Use a field that is never empty, or leave such records out under source.keep.`,
  }
}

/** A key with the time of the last change in it is another one after each change. */
function stampFault({ reads }: CompiledExpression, source: RecordedSchema | null): Misfit | null {
  const stamp = reads.find((read) => read.length === 2 && read[1] === source?.['x-stamp'])
  if (stamp === undefined) return null
  return {
    code: 'unstable-identity',
    message: `${stamp.join('.')} changes whenever the record does: each version would become a record of its own.`,
    hint: 'Name what stays, such as its id.',
  }
}

/** Two records of one key are taken for two versions of one: where nothing says that there are none, that is told. */
function reportRepeating(
  context: Context,
  where: Path,
  parts: readonly CompiledExpression[],
  { schema: source, recognisedBy }: Told,
): void {
  const reads = parts.flatMap((part) => part.reads)
  const direct = reads.flatMap((read) => (read.length === 2 ? [read[1]!] : []))
  // A number that records are recognised by at the target is meant to be the only one of its kind.
  if (parts.some(({ plan }) => 'cel' in plan && recognisedBy.some((text) => text.includes(plan.cel)))) return
  // What a system calls an id tells its records apart, whichever of its ids it is.
  if (
    source['x-key'].every((key) => direct.includes(key)) ||
    direct.some((name) => /(?:^id|Id|_id)$/.test(name))
  )
    return
  const found = reads.map((read) => read.join('.')).join(' and ')
  const keys = source['x-key'].map((key) => `${reads[0]![0]}.${key}`).join(' and ')
  context.report.add(
    'warning',
    'repeated-identity',
    where,
    `Nothing says that two of ${source.title} never have the same ${found}: of two that have, one would overwrite the other.`,
    `Their key is ${keys}: write it here, or beside what is here.`,
  )
}
