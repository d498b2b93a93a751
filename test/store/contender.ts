/** A process of its own for the tests of several processes on one store: `node contender.ts WHAT URL FOLDER NAME`. */
import { acquireLease, assertLease, releaseLease } from '../../engine/store/lease.ts'
import { openStore } from '../../engine/store/open.ts'
import { saveSelection } from '../../engine/store/selections.ts'
import { takeWorkerPlace } from '../../engine/store/worker-place.ts'

const [what, url = '', folder = '', name = ''] = process.argv.slice(2)
const store = await openStore(url, { folder })

if (what === 'open') {
  await store.transaction((trx) => saveSelection(trx, 'acme', [name], 0))
}

if (what === 'lease') {
  // Takes the lease again and again, each time under another name, and writes under it what it was given.
  let won = 0
  for (let round = 0; won < 20; round++) {
    const holder = `${name}-${round}`
    const lease = { project: 'acme', mapping: 'orders', holder, lane: 'live' }
    const answer = await acquireLease(store, { ...lease, ttlMs: 60_000 })
    if (!('epoch' in answer)) continue
    won++
    await store.transaction(async (trx) => {
      await assertLease(trx, { ...lease, epoch: answer.epoch, ttlMs: 60_000 })
      await saveSelection(trx, 'acme', [String(answer.epoch)], answer.epoch)
    })
    await releaseLease(store, { ...lease, epoch: answer.epoch })
  }
}

if (what === 'hang') {
  // Writes, and is killed before it commits.
  await store.transaction(async (trx) => {
    await saveSelection(trx, 'acme', ['never committed'], 0)
    process.stdout.write('written\n')
    await new Promise((resolve) => setTimeout(resolve, 600_000))
  })
}

if (what === 'work') {
  takeWorkerPlace(url, folder)
  process.stdout.write('working\n')
  await new Promise((resolve) => setTimeout(resolve, 600_000))
}

await store.close()
