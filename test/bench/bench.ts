import { type Engine, type Pass, startEngine } from './engine.ts'
import { median, rounded } from './figures.ts'
import { startProgram } from './processes.ts'
import { type Arrived, type Servers, startServers } from './servers.ts'
import { startTemporal } from './temporal.ts'

export interface BenchOptions {
  readonly orders: number
  readonly pairs: number
  /** Memory is compared between so many records and `orders`. */
  readonly memoryOrders: number
  readonly profiles: string | null
  say(message: string): void
}

/** All figures of a bench: records a second, ratios. */
export interface BenchResult {
  readonly loop: number
  readonly engine: number
  readonly again: number
  readonly ratio: number
  readonly callsPer1000: number
  readonly eventsPer10000: number
  readonly memoryRatio: number
}

interface LoopResult {
  readonly records: number
  readonly seconds: number
}

interface Pair {
  readonly loop: LoopResult
  readonly first: Pass
  readonly again: Pass
}

/** Loop and engine in turns on the same servers, each in a process of its own; then the engine once more with many records, for its memory. */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { orders, memoryOrders, say } = options
  const temporal = await startTemporal(say)
  try {
    const { pairs, peakBytes: few } = await runPairs(options, temporal.address)
    const many = await peakOf(options, temporal.address)
    say(`memory: ${megabytes(few)} at ${orders} records, ${megabytes(many)} at ${memoryOrders}`)
    const [loop, engine, again] = [
      median(pairs.map((pair) => rate(pair.loop))),
      median(pairs.map((pair) => rate(pair.first))),
      median(pairs.map((pair) => rate(pair.again))),
    ]
    return {
      loop,
      engine,
      again,
      ratio: rounded(engine / loop),
      callsPer1000: rounded((median(pairs.map(({ first }) => first.calls)) / orders) * 1_000),
      eventsPer10000: rounded((median(pairs.map(({ first }) => first.events)) / orders) * 10_000),
      memoryRatio: rounded(many / few),
    }
  } finally {
    await temporal.stop()
  }
}

/** Both are long-lived processes, as a worker is; memory is looked at after the first pass. */
async function runPairs(
  options: BenchOptions,
  temporal: string,
): Promise<{ readonly pairs: readonly Pair[]; readonly peakBytes: number }> {
  return withEngine(options, temporal, async (engine, servers) => {
    const loop = await startProgram('loop.ts', [servers.addresses.shop, servers.addresses.odoo])
    try {
      const pairs: Pair[] = []
      let peakBytes = 0
      for (let number = 1; number <= options.pairs; number++) {
        await servers.reset()
        const byLoop = await loop.ask<LoopResult>()
        const written = await servers.arrived()
        await servers.reset()
        const first = await engine.pass(number, 'first')
        assertSame(written, await servers.arrived())
        if (number === 1) peakBytes = await engine.peakBytes()
        const pair = { loop: byLoop, first, again: await engine.pass(number, 'again') }
        pairs.push(pair)
        options.say(
          `pair ${number}: loop ${rate(pair.loop)}/s, engine ${rate(pair.first)}/s, again ${rate(pair.again)}/s`,
        )
      }
      return { pairs, peakBytes }
    } finally {
      await loop.stop()
    }
  })
}

function peakOf(options: BenchOptions, temporal: string): Promise<number> {
  return withEngine({ ...options, orders: options.memoryOrders, pairs: 1 }, temporal, async (engine) => {
    await engine.pass(1, 'first')
    return engine.peakBytes()
  })
}

async function withEngine<T>(
  options: BenchOptions,
  temporal: string,
  work: (engine: Engine, servers: Servers) => Promise<T>,
): Promise<T> {
  const servers = await startServers(options.orders)
  try {
    const engine = await startEngine({ ...options, temporal, servers })
    try {
      return await work(engine, servers)
    } finally {
      await engine.stop()
    }
  } finally {
    await servers.stop()
  }
}

/** A comparison of two programs that do not do the same is none. */
function assertSame(loop: Arrived, engine: Arrived): void {
  if (JSON.stringify(loop) !== JSON.stringify(engine))
    throw new Error(`The loop wrote ${JSON.stringify(loop)}, the engine ${JSON.stringify(engine)}.`)
}

function rate({ records, seconds }: { readonly records: number; readonly seconds: number }): number {
  return Math.round(records / seconds)
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}
