import { didYouMean } from '../expression/nearest.ts'
import type { Type } from '../expression/type.ts'
import { guardFor } from '../expression/walk.ts'
import type { Advised } from '../model/diagnostic.ts'
import type { FieldType, RecordedField } from '../model/recorded.ts'
import type { CompiledExpression } from './context.ts'

export interface Misfit {
  readonly code: string
  readonly message: string
  readonly hint: Advised
}

/** What each kind of target field takes. A kind not listed takes anything. */
const TAKES: Partial<Record<FieldType, readonly Type['kind'][]>> = {
  text: ['text', 'integer', 'decimal', 'date', 'datetime'],
  html: ['text'],
  selection: ['text'],
  integer: ['integer', 'decimal'],
  float: ['integer', 'decimal'],
  decimal: ['integer', 'decimal'],
  boolean: ['boolean'],
  date: ['date'],
  datetime: ['datetime', 'date'],
  many2one: ['reference'],
  many2many: ['list'],
}

const FIXES: Partial<Record<FieldType, string>> = {
  many2one:
    'Find the record with match("model", "field", value), link("mapping", key) or ref("module.name").',
  many2many: 'Write a list, such as order.taxLines.map(t, match(…)).',
  date: 'Say in which zone the day is meant: date(x, "Europe/Brussels").',
  boolean: 'Write a comparison, such as x == "YES".',
  integer: 'Round it: round(x, 0).',
}

/** Why a value cannot go to a target field; null when it can. */
export function misfit(compiled: CompiledExpression, field: RecordedField, name: string): Misfit | null {
  const { type } = compiled
  const target = field['x-type']
  if (type.kind === 'unknown' || type.kind === 'null') return null
  if ('constant' in compiled.plan && target === 'selection')
    return wrongSelection(compiled.plan.constant, field, name)
  const takes = TAKES[target]
  if (takes !== undefined && !takes.includes(type.kind)) {
    return {
      code: 'wrong-type',
      message: `"${name}" takes ${withArticle(target)}, and this gives ${withArticle(type.kind)}.`,
      hint: FIXES[target] ?? null,
    }
  }
  if (target === 'many2one') return wrongReference(type, field, name)
  if (target === 'many2many' && type.kind === 'list') return wrongReference(type.of, field, name)
  return null
}

/** Why a value cannot go to a required field: it may be missing. Null clears any other. */
export function nothingFor(compiled: CompiledExpression, name: string, required: boolean): Misfit | null {
  if (!required || !compiled.type.nullable) return null
  if (!('cel' in compiled.plan))
    return {
      code: 'may-be-null',
      message: `"${name}" is required, and this is nothing.`,
      hint: 'Write a value.',
    }
  const { cel } = compiled.plan
  const guard = guardFor(cel, compiled.type)
  return {
    code: 'may-be-null',
    message: `"${name}" is required, and ${cel} may have no value.`,
    hint: { ...guard, hint: `${guard.hint} Or leave such records out under source.keep.` },
  }
}

function wrongReference(type: Type, field: RecordedField, name: string): Misfit | null {
  const relation = field['x-relation']
  if (type.kind === 'unknown' || type.kind === 'null' || typeof relation !== 'string') return null
  if (type.kind !== 'reference') {
    return {
      code: 'wrong-type',
      message: `"${name}" points to ${relation}, and this gives ${withArticle(type.kind)}.`,
      hint: FIXES.many2one ?? null,
    }
  }
  if (type.resource === relation || type.resource === '') return null
  return {
    code: 'wrong-reference',
    message: `"${name}" points to ${relation}, and this gives a ${type.resource}.`,
    hint: `Look up a ${relation}.`,
  }
}

function wrongSelection(constant: unknown, field: RecordedField, name: string): Misfit | null {
  const values = Array.isArray(field['enum'])
    ? (field['enum'] as readonly unknown[]).filter((value) => value !== null).map(String)
    : null
  if (values === null || constant === null || values.includes(String(constant))) return null
  return {
    code: 'unknown-selection',
    message: `"${String(constant)}" is not a value of "${name}"; its values are: ${values.join(', ')}.`,
    hint: didYouMean(String(constant), values),
  }
}

function withArticle(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`
}
