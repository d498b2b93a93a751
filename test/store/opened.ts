import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openStore, type Store } from '../../engine/store/open.ts'

/** A store on a real file in a folder of its own, with a clock that the test turns. */
export interface OpenedStore {
  readonly store: Store
  readonly folder: string
  /** Another handle on the same file, as another process would have. */
  again(): Promise<Store>
  /** Moves the clock. */
  pass(ms: number): void
  now(): number
}

export const START = Date.UTC(2026, 10, 24, 12)

export async function openedStore(): Promise<OpenedStore> {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-store-'))
  const handles: Store[] = []
  let now = START
  const open = async (): Promise<Store> => {
    const store = await openStore('sqlite:store.db', { folder, now: () => now })
    handles.push(store)
    return store
  }
  onTestFinished(async () => {
    for (const handle of handles) await handle.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    store: await open(),
    folder,
    again: open,
    pass: (ms) => {
      now += ms
    },
    now: () => now,
  }
}
