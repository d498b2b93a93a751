import type { FunctionEntry } from '../functions.ts'
import { isList, kindOfValue, showValue, type Value } from '../kinds.ts'
import { badValue } from '../park.ts'
import { type Type, unknownType } from '../type.ts'

const list = { name: 'list', takes: ['list'] } as const

function itemOf(args: readonly Type[]): Type {
  const [type] = args
  return { ...(type?.kind === 'list' ? type.of : unknownType()), nullable: true }
}

function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return []
  if (!isList(value)) throw badValue(`${showValue(value)} is ${kindOfValue(value)}, not a list.`)
  return value
}

export const LIST_FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  first: {
    group: 'lists',
    parameters: [list],
    gives: itemOf,
    nulls: 'takes',
    meaning: 'The first item; nothing for an empty list.',
    example: { cel: 'first(["a", "b"])', gives: 'a' },
    run: ([items]) => itemsOf(items).at(0) ?? null,
  },
  last: {
    group: 'lists',
    parameters: [list],
    gives: itemOf,
    nulls: 'takes',
    meaning: 'The last item; nothing for an empty list.',
    example: { cel: 'last(["a", "b"])', gives: 'b' },
    run: ([items]) => itemsOf(items).at(-1) ?? null,
  },
}
