import { defineConfig } from 'vitest/config'

/** What runs on PostgreSQL too, or only there: all that is said of the store, and the stories of whole runs that need it most. */
const ON_POSTGRES = [
  'test/store/*.test.ts',
  'test/store/postgres/*.test.ts',
  'test/transfer/{orders,settling,dying}.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/store/postgres/**'],
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
