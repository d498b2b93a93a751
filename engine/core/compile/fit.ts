import { didYouMean } from '../expression/nearest.ts'
import { digitsOf, MANY_DIGITS, type Type, valuesOf } from '../expression/type.ts'
import { encodeValue } from '../expression/value.ts'
import { guardFor } from '../expression/walk.ts'
import type { Advice, Advised } from '../model/diagnostic.ts'
import type { Code } from '../model/diagnostics.ts'
import type { FieldType, RecordedField } from '../model/recorded.ts'
import type { CompiledExpression } from './context.ts'

export interface Misfit {
  readonly code: Code
  readonly message: string
  readonly hint: Advised
}

/** What each kind of target field takes. A kind not listed takes anything. */
const TAKES: Partial<Record<FieldType, readonly Type['kind'][]>> = {
  text: ['text', 'integer', 'decimal', 'date', 'datetime'],
  html: ['text'],
  binary: ['text'],
  reference: ['text'],
  selection: ['text'],
  integer: ['integer'],
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
  boolean: 'Write a comparison, such as x == "YES".',
}

/** Why a value cannot go to a target field; null when it can. */
export function misfit(compiled: CompiledExpression, field: RecordedField, name: string): Misfit | null {
  const { type } = compiled
  const target = field['x-type']
  if (type.kind === 'unknown' || type.kind === 'null') return null
  const takes = TAKES[target]
  if (takes !== undefined && !takes.includes(type.kind) && !isMomentConstant(compiled, target)) {
    return {
      code: 'wrong-type',
      message: `"${name}" takes ${withArticle(target)}, and this gives ${withArticle(type.kind)}.`,
      hint: conversion(compiled, target) ?? FIXES[target] ?? null,
    }
  }
  if (target === 'many2one') return wrongReference(type, field, name)
  if (target === 'many2many' && type.kind === 'list') return wrongReference(type.of, field, name)
  if (target === 'selection') return wrongSelection(compiled, field, name)
  return tooLong(compiled, field, name)
}

/** A day or a moment written out: `{ constant: 2026-10-01 }`. */
function isMomentConstant({ plan }: CompiledExpression, target: FieldType): boolean {
  if (!('constant' in plan) || typeof plan.constant !== 'string') return false
  if (target !== 'date' && target !== 'datetime') return false
  return typeof encodeValue(plan.constant, target) === 'string'
}

/** The function that makes one kind of value of another, around what the author wrote. */
function conversion({ plan, type }: CompiledExpression, target: FieldType): Advice | null {
  const text = 'cel' in plan ? plan.cel : null
  if (text === null) return null
  const advice = (hint: string, replace: string): Advice => ({ hint: `${hint}: ${replace}.`, replace })
  if (target === 'date' && type.kind === 'datetime')
    return advice('Say in which zone the day is meant', `date(${text}, "Europe/Brussels")`)
  if (target === 'integer' && type.kind === 'decimal') return advice('Round it', `round(${text})`)
  if (type.kind === 'text' && (target === 'integer' || target === 'float' || target === 'decimal'))
    return advice('Make it a number', `${target === 'integer' ? 'integer' : 'decimal'}(${text})`)
  if (type.kind === 'text' && target === 'datetime')
    return advice('Say in which zone the time is meant', `datetime(${text}, "Europe/Brussels")`)
  if (type.kind === 'text' && target === 'date')
    return advice('Say in which zone the day is meant', `date(${text}, "Europe/Brussels")`)
  if ((target === 'text' || target === 'html') && isPlain(type))
    return advice('Make it a text', `text(${text})`)
  return null
}

function isPlain({ kind }: Type): boolean {
  return (
    kind === 'boolean' || kind === 'integer' || kind === 'decimal' || kind === 'date' || kind === 'datetime'
  )
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

/** Texts that are not among the values of a selection, whatever expression they come from. */
function wrongSelection(
  { plan, type }: CompiledExpression,
  field: RecordedField,
  name: string,
): Misfit | null {
  if (!Array.isArray(field['enum'])) return null
  const known = field['enum'].filter((value) => value !== null).map(String)
  const listed = `its values are: ${known.join(', ')}`
  const given = valuesOf(type)
  if (given === undefined) {
    const cel = 'cel' in plan ? plan.cel : 'this'
    return {
      code: 'any-text',
      message: `${cel} may be any text, and "${name}" takes only some: ${listed}.`,
      hint: `List under tables: what becomes what, and write table("…", ${cel}).`,
    }
  }
  const wrong = given.filter((value) => !known.includes(value))
  const [first] = wrong
  if (first === undefined) return null
  const near = didYouMean(first, known)
  if (given.length === 1)
    return {
      code: 'unknown-selection',
      message: `"${first}" is not a value of "${name}"; ${listed}.`,
      hint: near,
    }
  const shown = wrong
    .slice(0, 6)
    .map((value) => `"${value}"`)
    .join(', ')
  return {
    code: 'unknown-selection',
    message: `This may give ${shown}${wrong.length > 6 ? ', …' : ''}, which "${name}" does not take; ${listed}.`,
    hint: near?.hint ?? `List under tables: what becomes what, and write table("…", …).`,
  }
}

/** Texts that the target would cut. */
function tooLong({ plan, type }: CompiledExpression, field: RecordedField, name: string): Misfit | null {
  const most = field['maxLength']
  if (typeof most !== 'number') return null
  const long = (valuesOf(type) ?? []).find((value) => Array.from(value).length > most)
  if (long === undefined) return null
  const cut: Advice | null =
    'cel' in plan
      ? {
          hint: `Cut it yourself: truncate(${plan.cel}, ${most}).`,
          replace: `truncate(${plan.cel}, ${most})`,
        }
      : null
  return {
    code: 'too-long',
    message: `"${long}" has ${Array.from(long).length} characters, and "${name}" keeps ${most} of them.`,
    hint: cut ?? `Write ${most} characters at most.`,
  }
}

/** Digits that the target rounds away without a word; null where that cannot be known. */
export function tooFine(compiled: CompiledExpression, field: RecordedField, name: string): Misfit | null {
  const kept = field['x-digits']
  const digits = digitsOf(compiled.type)
  if (typeof kept !== 'number' || digits === undefined || digits <= kept) return null
  if (!('cel' in compiled.plan)) {
    return {
      code: 'too-many-digits',
      message: `This has ${digits} digits behind the point, and "${name}" keeps ${kept}: the rest would be rounded away.`,
      hint: `Write ${kept} digits at most.`,
    }
  }
  const rounded = `round(${compiled.plan.cel}, ${kept})`
  return {
    code: 'too-many-digits',
    message: `This can give ${digits === MANY_DIGITS ? 'any number of' : digits} digits behind the point, and "${name}" keeps ${kept}: the rest would be rounded away without a word.`,
    hint: { hint: `Say that it is rounded: ${rounded}.`, replace: rounded },
  }
}

function withArticle(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`
}
