import type { TestProject } from 'vitest/node'
import { openStore } from '../../engine/store/open.ts'
import { TEMPLATE } from './database.ts'
import { startPostgres } from './server.ts'

/** One server for all tests of a run, with a store at the newest version for them to copy. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  await server.query(`create database ${TEMPLATE}`)
  const store = await openStore(server.url(TEMPLATE), { folder: '/' })
  await store.close()
  project.provide('postgres', server.url())
  return () => server.stop()
}
