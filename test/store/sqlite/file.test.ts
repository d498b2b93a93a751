import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tableCounts } from '../../../engine/store/counts.ts'
import { openStore } from '../../../engine/store/open.ts'
import { saveSelection } from '../../../engine/store/selections.ts'
import { openedStore, START } from '../opened.ts'

test('opening makes the file and its folders', async () => {
  const { folder } = await openedStore()
  const store = await openStore('sqlite:new/folders/store.db', { folder })
  expect((await tableCounts(store)).ledger).toBe(0)
  await store.close()
})

test.each(['mysql://user:hush@host/db', 'sqlite:', 'store.db', 'postgres', 'file:hush'])(
  'the address %s is refused and not repeated',
  async (url) => {
    const opening = openStore(url, { folder: '/nonexistent' })
    await expect(opening).rejects.toMatchObject({ kind: 'invalid-plan' })
    await expect(opening).rejects.not.toThrow(/hush/)
  },
)

test.each<[string, (path: string) => void, RegExp]>([
  ['something else', (path) => writeFileSync(path, 'x'.repeat(4_096)), /not a database.*restore a backup/],
  ['a folder', (path) => mkdirSync(path), /Is it a file/],
])('a store that is %s is told with the reason and what to do', async (_what, make, told) => {
  const { folder } = await openedStore()
  make(join(folder, 'other.db'))
  await expect(openStore('sqlite:other.db', { folder })).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(told),
  })
})

test('a store below a file is told so', async () => {
  const { folder } = await openedStore()
  await expect(openStore('sqlite:store.db/deeper/store.db', { folder })).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('Is it a file'),
  })
})

test('a transaction waits for the one before, in this process and over another handle', async () => {
  const { store, again } = await openedStore()
  const handles = [store, await again(), await again()]
  const order: string[] = []
  const writes = Array.from({ length: 12 }, (_, index) =>
    handles[index % handles.length]!.transaction(async (trx) => {
      order.push(`begin ${index}`)
      await saveSelection(trx, 'acme', [String(index)], START)
      order.push(`end ${index}`)
    }),
  )
  await Promise.all(writes)
  expect((await tableCounts(store)).selection).toBe(12)
  for (let index = 0; index < order.length; index += 2) {
    expect(order[index + 1]).toBe(order[index]!.replace('begin', 'end'))
  }
})
