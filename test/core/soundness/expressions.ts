import fc from 'fast-check'
import { isJsonObject, type JsonObject } from '../../../engine/core/model/json.ts'

type Kind = 'text' | 'number' | 'boolean' | 'moment' | 'day' | 'list' | 'reference'
type Paths = Readonly<Record<'text' | 'number' | 'boolean' | 'moment', readonly string[]>>

const KINDS: Readonly<Record<string, keyof Paths>> = {
  text: 'text',
  html: 'text',
  selection: 'text',
  integer: 'number',
  decimal: 'number',
  float: 'number',
  boolean: 'boolean',
  datetime: 'moment',
}

/** Paths of the single values below a node, by kind. */
export function pathsOf(node: JsonObject, prefix: string, depth: number): Paths {
  const paths = {
    text: [] as string[],
    number: [] as string[],
    boolean: [] as string[],
    moment: [] as string[],
  }
  const walk = (at: JsonObject, path: string, left: number) => {
    for (const [name, field] of Object.entries((at.properties ?? {}) as JsonObject)) {
      if (!isJsonObject(field) || isJsonObject(field.items)) continue
      const kind = KINDS[String(field['x-type'])]
      if (isJsonObject(field.properties)) {
        if (left > 0) walk(field, `${path}.${name}`, left - 1)
      } else if (kind !== undefined) paths[kind].push(`${path}.${name}`)
    }
  }
  walk(node, prefix, depth)
  return paths
}

/** What expressions are made of. */
export interface Vocabulary {
  readonly paths: Paths
  readonly list: string
  readonly item: Paths
  readonly tables: readonly string[]
}

/** Expressions of every kind over a source, most of one kind where one is needed; the checker says which make sense. */
export function expressionsOf({ paths, list, item, tables }: Vocabulary): fc.Arbitrary<string> {
  const { any } = fc.letrec<Record<Kind | 'any' | 'inItem' | 'itemTruth' | 'table', string>>((tie) => {
    const of = (kind: Kind | 'table'): fc.Arbitrary<string> =>
      fc.oneof({ weight: 12, arbitrary: tie(kind) }, { weight: 1, arbitrary: tie('any') })
    const call = (name: string, ...args: readonly fc.Arbitrary<string>[]) =>
      fc.tuple(...args).map((texts) => `${name}(${texts.join(', ')})`)
    const infix = (kind: Kind, ...operators: readonly string[]) =>
      fc.tuple(of(kind), fc.constantFrom(...operators), of(kind)).map(([a, op, b]) => `(${a} ${op} ${b})`)
    const choices = (kind: Kind) => [
      call('coalesce', of(kind), of(kind)),
      call('when', of('boolean'), of(kind), of(kind)),
      fc.tuple(of('boolean'), of(kind), of(kind)).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
      // A guard and what it guards.
      fc.tuple(of(kind), of(kind)).map(([a, b]) => `(${a} != null ? ${a} : ${b})`),
    ]
    const digits = fc.constantFrom('0', '2', '3', '-1', '30')
    const pick = (texts: readonly string[]) => fc.constantFrom(...texts)
    const some = (...arbitraries: readonly fc.Arbitrary<string>[]) =>
      fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...arbitraries)
    return {
      text: some(
        pick(paths.text),
        pick(['""', '"BE"', '"12"', '"2026-01-31"', '"a,b"']),
        infix('text', '+'),
        call('lower', of('text')),
        call('truncate', of('text'), digits),
        call('substring', of('text'), digits, digits),
        call('replace', of('text'), of('text'), of('text')),
        call('text', tie('any')),
        call('join', of('list'), pick(['","'])),
        call('first', of('list')),
        call('email', of('text')),
        call('country', of('text')),
        call('digits', of('text')),
        tie('table'),
        of('list').map((x) => `${x}[0]`),
        ...choices('text'),
      ),
      number: some(
        pick(paths.number),
        pick(['0', '1', '2.5', '-3', '100', '0.125']),
        infix('number', '+', '-', '*', '/', '%'),
        of('number').map((x) => `-(${x})`),
        call('round', of('number')),
        call('round', of('number'), digits),
        call('abs', of('number')),
        call('min', of('number'), of('number')),
        call('max', of('list')),
        call('sum', of('list')),
        call('size', tie('any')),
        call('decimal', of('text')),
        call('integer', of('text')),
        tie('table'),
        ...choices('number'),
      ),
      boolean: some(
        pick(paths.boolean),
        pick(['true', 'false']),
        infix('number', '<', '<=', '>', '>=', '==', '!='),
        infix('text', '==', '!=', '<'),
        infix('moment', '<', '=='),
        infix('boolean', '&&', '||'),
        of('boolean').map((x) => `!(${x})`),
        tie('any').map((x) => `(${x} != null)`),
        pick(paths.text).map((path) => `has(${path})`),
        call('contains', of('text'), of('text')),
        fc.tuple(of('text'), of('list')).map(([x, y]) => `(${x} in ${y})`),
        tie('itemTruth').map((body) => `${list}.exists(l, ${body})`),
        tie('itemTruth').map((body) => `${list}.all(l, ${body})`),
        ...choices('boolean'),
      ),
      moment: some(
        pick(paths.moment),
        call('datetime', of('text'), pick(['"Europe/Brussels"'])),
        ...choices('moment'),
      ),
      day: some(
        call('date', of('moment'), pick(['"Europe/Brussels"', '"Asia/Tokyo"'])),
        call('addDays', of('day'), of('number')),
        ...choices('day'),
      ),
      list: some(
        tie('inItem').map((body) => `${list}.map(l, ${body})`),
        fc
          .tuple(tie('itemTruth'), tie('inItem'))
          .map(([c, body]) => `${list}.filter(l, ${c}).map(l, ${body})`),
        fc.tuple(tie('itemTruth'), tie('inItem')).map(([c, body]) => `${list}.map(l, ${c}, ${body})`),
        fc.tuple(tie('any'), tie('any')).map(([a, b]) => `[${a}, ${b}]`),
        fc.tuple(of('text'), of('text')).map(([a, b]) => `[${a}, ${b}]`),
        call('split', of('text'), pick(['","'])),
        infix('list', '+'),
        of('list').map((x) => `${x}.filter(y, y != null)`),
        ...choices('list'),
      ),
      reference: some(
        of('text').map((key) => `match("res.country", "code", ${key})`),
        of('text').map((key) => `match("res.country", "code", ${key}, {"otherwise": null})`),
        fc
          .tuple(of('text'), tie('any'))
          .map(([key, wanted]) => `match("res.country", "code", ${key}, {"where": {"name": ${wanted}}})`),
        of('text').map((key) => `link("customers", ${key})`),
        pick(['ref("base.be")']),
        ...choices('reference'),
      ),
      table: fc.tuple(pick(tables), tie('any')).map(([name, key]) => `table("${name}", ${key})`),
      inItem: some(
        pick([...item.text, ...item.number, ...item.boolean]),
        pick(item.number).map((path) => `(${path} * 2)`),
        pick(item.text).map((path) => `coalesce(${path}, "")`),
        pick(item.text).map((path) => `(${path} + "!")`),
        tie('any'),
      ),
      itemTruth: some(
        pick(item.text).map((path) => `${path} != null`),
        pick(item.number).map((path) => `${path} > 1`),
        pick(item.boolean),
        tie('boolean'),
      ),
      any: fc.oneof(
        ...(['text', 'number', 'boolean', 'moment', 'day', 'list', 'reference'] as const).map((kind) =>
          tie(kind),
        ),
      ),
    }
  })
  return any
}
