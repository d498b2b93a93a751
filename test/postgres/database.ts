import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** Holds a store at the newest version. */
export const TEMPLATE = 'template_store'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the tests of this project run on. */
    dialect: 'sqlite' | 'postgres'
    /** The address of the server that runs beside the tests. */
    postgres: string
  }
}

/** A new database on the server of the tests; it goes with the server. `template0` has nothing in it. */
export async function createDatabase(template = TEMPLATE): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await ask(inject('postgres'), `create database ${name} template ${template}`)
  const url = new URL(inject('postgres'))
  url.pathname = name
  return url.href
}

let ofThisFile: Promise<string> | null = null

/**
 * An empty store at the newest version: the file's own database, without what the test before left in it, which takes a
 * fiftieth of the time of a new one.
 */
export async function emptyStore(): Promise<string> {
  const url = await (ofThisFile ??= createDatabase())
  await ask(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
    set session_replication_role = replica;
    do $$ declare name text; begin
      for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'migration' loop
        execute format('delete from %I', name);
      end loop;
    end $$`,
  )
  return url
}

async function ask(url: string, text: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
