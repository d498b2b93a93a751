import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { openStore, type Store } from '../../engine/store/open.ts'
import { createDatabase, emptyStore } from '../postgres/database.ts'

/** A real store of the project's dialect, with a clock that the test turns. */
export interface OpenedStore {
  readonly store: Store
  /** What it was opened with, for other processes. */
  readonly url: string
  readonly folder: string
  /** Another handle on the same store, as another process would have. */
  again(): Promise<Store>
  /** Moves the clock. */
  pass(ms: number): void
  now(): number
}

export const START = Date.UTC(2026, 10, 24, 12)

/** A place for a store: on SQLite a file in a folder of its own, on PostgreSQL a database with nothing but empty tables. */
export async function storePlace(): Promise<StorePlace> {
  return placeOf(emptyStore)
}

/** A place where no store was ever opened. */
export async function newPlace(): Promise<StorePlace> {
  return placeOf(() => createDatabase('template0'))
}

export interface StorePlace {
  readonly url: string
  readonly folder: string
}

/** A folder for the test, gone with it. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function placeOf(database: () => Promise<string>): Promise<StorePlace> {
  const folder = ownFolder()
  return { url: inject('dialect') === 'sqlite' ? 'sqlite:store.db' : await database(), folder }
}

export async function openedStore(place?: StorePlace): Promise<OpenedStore> {
  const { url, folder } = place ?? (await storePlace())
  const handles: Store[] = []
  let now = START
  const open = async (): Promise<Store> => {
    const store = await openStore(url, { folder, now: () => now })
    handles.push(store)
    return store
  }
  onTestFinished(async () => {
    for (const handle of handles) await handle.close()
  })
  return {
    store: await open(),
    url,
    folder,
    again: open,
    pass: (ms) => {
      now += ms
    },
    now: () => now,
  }
}
