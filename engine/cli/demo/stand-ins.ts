import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { SyncError } from '../../core/model/failure.ts'
import { packageFolder } from '../recorded-files.ts'

const ready = z.object({
  odoo: z.object({ url: z.string(), database: z.string(), login: z.string(), apiKey: z.string() }),
  shopify: z.object({ url: z.string(), shop: z.string(), accessToken: z.string() }),
  control: z.object({ url: z.string() }),
})

/** Where the two stand-ins are, and how to get in. */
export type StandInAddresses = z.infer<typeof ready>

export interface RunningStandIns {
  readonly addresses: StandInAddresses
  /** Calls a function of the control address: `shopify/changeFifty`. */
  control<T>(name: string, body?: unknown): Promise<T>
  stop(): Promise<void>
}

/** Starts local servers that behave like Odoo and Shopify, with seeded data, in a process of their own. */
export async function startStandIns(args: readonly string[]): Promise<RunningStandIns> {
  const source = join(packageFolder(), 'test', 'stand-ins', 'main.ts')
  const program = existsSync(source) ? source : join(packageFolder(), 'dist', 'test', 'stand-ins', 'main.js')
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const addresses = await firstLine(child)
  return {
    addresses,
    async control(name, body = {}) {
      const answer = await fetch(`${addresses.control.url}/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!answer.ok)
        throw new SyncError('bug', `The stand-ins refused ${name}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as never
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        if (child.exitCode !== null || !child.kill('SIGTERM')) resolve()
      }),
  }
}

function firstLine(child: ChildProcess): Promise<StandInAddresses> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout! })
    child.once('exit', (code) =>
      reject(new SyncError('unavailable', `The stand-ins ended at once (exit ${code}).`)),
    )
    lines.once('line', (line) => {
      const parsed = ready.safeParse(JSON.parse(line))
      if (parsed.success) resolve(parsed.data)
      else reject(new SyncError('bug', `The stand-ins said something else than their addresses: ${line}`))
    })
  })
}
