import type { BenchResult } from './bench.ts'
import { CUSTOMERS, PRODUCTS } from './orders.ts'

const PAGE = 250
const BATCH = 50

/**
 * The fewest remote calls a first pass can do with: a read a page, a load a batch, a question a page what exists already, and a
 * look-up for each page that meets products or customers not met before.
 */
export function fewestCalls(orders: number): number {
  const pages = Math.ceil(orders / PAGE)
  const meeting = (distinct: number, perOrder: number) =>
    Math.min(pages, Math.ceil(distinct / (PAGE * perOrder)))
  return pages + Math.ceil(orders / BATCH) + pages + meeting(PRODUCTS, 2) + meeting(CUSTOMERS, 1)
}

interface Figure {
  readonly name: string
  readonly found: number
  readonly wanted: string
  readonly met: boolean
}

/** Each figure beside what it is to be. */
export function figuresOf(result: BenchResult, orders: number): readonly Figure[] {
  const fewest = Math.round((fewestCalls(orders) / orders) * 100_000) / 100
  const atLeast = (name: string, found: number, least: number): Figure => ({
    name,
    found,
    wanted: `at least ${least}`,
    met: found >= least,
  })
  const atMost = (name: string, found: number, most: number): Figure => ({
    name,
    found,
    wanted: `at most ${Math.round(most * 100) / 100}`,
    met: found <= most,
  })
  return [
    atLeast('first pass, of the loop', result.ratio, 0.4),
    atLeast('unchanged pass, of the first', Math.round((result.again / result.engine) * 100) / 100, 2),
    atMost('remote calls a 1,000 records', result.callsPer1000, 1.2 * fewest),
    atMost('workflow events a 10,000 records', result.eventsPer10000, 40),
    atMost('peak memory, large of small', result.memoryRatio, 1.3),
  ]
}

export function reportText(result: BenchResult, orders: number): string {
  const figures = figuresOf(result, orders)
  const width = Math.max(...figures.map(({ name }) => name.length))
  return [
    `loop ${result.loop} records/s, engine ${result.engine}, unchanged ${result.again}`,
    ...figures.map(
      ({ name, found, wanted, met }) =>
        `${met ? 'met   ' : 'missed'}  ${name.padEnd(width)}  ${found}  (${wanted})`,
    ),
    '',
  ].join('\n')
}
