import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import type { Day } from '../day.ts'
import { filesEnding, fileText } from './files.ts'
import { histories } from './histories.ts'
import { personalValues } from './personal.ts'
import { createScanner, type Leak, type Text } from './search.ts'
import { secretsOf } from './secrets.ts'

/** Values of the shipped mappings and of Odoo's own people that are nobody's secret. */
const NOBODYS = new Set([
  'Web guest',
  'Administrator',
  'Mitchell Admin',
  'Tidelock',
  'Low Sales',
  'YourCompany',
])

/** Looks through all that was written down about the day, by whomever, for what must stand nowhere. */
export async function findLeaks(day: Day, client: Client): Promise<readonly Leak[]> {
  const personal = await personalValues(day.control, NOBODYS)
  const secrets = secretsOf(day)
  const all = createScanner([...personal, ...secrets])
  const leaks: Leak[] = []
  let [texts, letters] = [0, 0]
  const look = (text: Text) => {
    texts++
    letters += text.text.length
    leaks.push(...all.leaks(text))
  }
  for await (const text of histories(client)) look(text)
  const logs = [
    ...fileText(day.folder, 'processes.log'),
    ...fileText(day.folder, '.tidelock/worker.log'),
    ...filesEnding(day.folder, '.db'),
    ...filesEnding(day.folder, '.db-wal'),
  ]
  for (const text of logs) look(text)
  const store = createScanner(secrets)
  for (const text of [
    ...filesEnding(join(day.folder, '.tidelock'), '.db'),
    ...filesEnding(join(day.folder, '.tidelock'), '.db-wal'),
  ])
    leaks.push(...store.leaks(text))
  day.say(
    `looked for ${personal.length} personal values and ${secrets.length} secrets in ${texts} texts of ${Math.round(letters / 1e6)} MB`,
  )
  return leaks
}
