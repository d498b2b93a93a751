import { type CompiledExpression, type Context, expressionAt, type Variables } from './context.ts'
import type { Misfit } from './fit.ts'
import type { Path } from './report.ts'

/** One expression a part; look-ups are not part of an identity. */
export function identityOf(
  context: Context,
  where: Path,
  written: unknown,
  planPath: string,
  variables: Variables,
) {
  const parts = Array.isArray(written) ? written : [written]
  return parts.flatMap((part, index) => {
    const at = Array.isArray(written) ? [...where, index] : where
    const compiled = expressionAt(context, at, part, `${planPath}.${index}`, variables, { lookUps: false })
    if (compiled === null) return []
    const fault = keyFault(compiled)
    if (fault === null) return [compiled.plan]
    context.report.add('error', fault.code, at, fault.message, fault.hint)
    return []
  })
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
