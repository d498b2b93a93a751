import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Of memory, where there is plenty: what stores and servers write in tests is synced with every commit, and dies with the test anyway. */
const IN_MEMORY = '/dev/shm'
const ENOUGH_BYTES = 4 * 2 ** 30

if (existsSync(IN_MEMORY) && freeBytes(IN_MEMORY) > ENOUGH_BYTES) {
  const folder = mkdtempSync(join(IN_MEMORY, 'tidelock-'))
  // PostgreSQL has a user of its own.
  chmodSync(folder, 0o755)
  process.env['TMPDIR'] = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

/** Long stories of many processes on one store: PostgreSQL is where those are. What they stand on is told on both. */
const SEVERAL_WORKERS = ['test/transfer/budget.test.ts', 'test/transfer/token-processes.test.ts']

/** What runs on PostgreSQL too, or only there: all that is said of the store, and the stories of whole runs that need it most. */
const ON_POSTGRES = [
  'test/store/*.test.ts',
  'test/store/postgres/*.test.ts',
  'test/transfer/{breaker,countdown,credentials,delivering,dying,escalating,judging,orders,settling}.test.ts',
  ...SEVERAL_WORKERS,
]

export default defineConfig({
  test: {
    pool: 'forks',
    // Much of the time goes to waiting for servers and processes: with as many at once as there are cores, a third of two cores idles.
    maxWorkers: Math.max(3, availableParallelism()),
    // What hangs, not what is slow: others are at work beside it.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/store/postgres/**', ...SEVERAL_WORKERS],
          provide: { dialect: 'sqlite' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ON_POSTGRES,
          provide: { dialect: 'postgres' },
          globalSetup: ['test/postgres/setup.ts'],
        },
      },
    ],
  },
})
