import { type EngineResult, measureEngine } from './engine.ts'
import { runProgram } from './processes.ts'
import { type Arrived, startServers } from './servers.ts'
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

/** Loop and engine in turns on the same servers, each in a process of its own; then the engine once more with many records, for its memory. */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { orders, pairs, say } = options
  const temporal = await startTemporal(say)
  try {
    const loops: LoopResult[] = []
    const engines: EngineResult[] = []
    await withServers(orders, async (servers) => {
      for (let pair = 1; pair <= pairs; pair++) {
        await servers.reset()
        const loop = await runProgram<LoopResult>('loop.ts', [servers.addresses.shop, servers.addresses.odoo])
        const byLoop = await servers.arrived()
        await servers.reset()
        const engine = await measureEngine({ ...options, again: true, temporal: temporal.address, servers })
        assertSame(byLoop, await servers.arrived())
        loops.push(loop)
        engines.push(engine)
        say(
          `pair ${pair}: loop ${rate(loop)}/s, engine ${rate(engine.first)}/s, again ${rate(engine.again!)}/s`,
        )
      }
    })
    const { peakBytes } = await withServers(options.memoryOrders, (servers) =>
      measureEngine({
        ...options,
        orders: options.memoryOrders,
        again: false,
        temporal: temporal.address,
        servers,
      }),
    )
    const usual = median(engines.map((result) => result.peakBytes))
    say(
      `memory: ${megabytes(usual)} at ${orders} records, ${megabytes(peakBytes)} at ${options.memoryOrders}`,
    )
    const [loop, engine, again] = [
      median(loops.map(rate)),
      median(engines.map(({ first }) => rate(first))),
      median(engines.map((result) => rate(result.again!))),
    ]
    return {
      loop,
      engine,
      again,
      ratio: rounded(engine / loop),
      callsPer1000: rounded((median(engines.map(({ first }) => first.calls)) / orders) * 1_000),
      eventsPer10000: rounded((median(engines.map(({ first }) => first.events)) / orders) * 10_000),
      memoryRatio: rounded(peakBytes / usual),
    }
  } finally {
    await temporal.stop()
  }
}

async function withServers<T>(
  orders: number,
  work: (servers: Awaited<ReturnType<typeof startServers>>) => Promise<T>,
): Promise<T> {
  const servers = await startServers(orders)
  try {
    return await work(servers)
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
