import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findTemporal } from '../../engine/temporal/dev-server/binary.ts'
import { answers, devServerArguments, freePort } from '../../engine/temporal/dev-server/server.ts'
import { spawnPiped } from './processes.ts'

/** A dev server of the bench's own, its data in a file, whatever cluster the machine is set up for. */
export async function startTemporal(
  say: (message: string) => void,
): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-bench-temporal-'))
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const program = await findTemporal(process.env, say)
  const child = spawnPiped(
    program,
    [...devServerArguments(port, join(folder, 'temporal.db')), '--headless'],
    {
      stdio: 'ignore',
    },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for (let waited = 0; !(await answers(address)); waited += 100) {
    if (child.exitCode !== null || waited > 60_000) throw new Error('The Temporal dev server did not start.')
    await sleep(100)
  }
  return {
    address,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
