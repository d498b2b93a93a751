import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import type { Day } from '../day.ts'
import { filesEnding, fileText } from './files.ts'
import { histories } from './histories.ts'
import { personalValues } from './personal.ts'
import { createScanner, type Leak, type Needle, type Text } from './search.ts'
import { secretsOf } from './secrets.ts'

/** Names that stand in every Odoo or in the mappings themselves. */
const NOBODYS = new Set([
  'Web guest',
  'Administrator',
  'Mitchell Admin',
  'Tidelock',
  'Low Sales',
  'YourCompany',
  // Tidelock's own user, from whom its mail is, and the administrator.
  'tidelock@acme.example',
  'admin@acme.example',
])

/** Where something may have been given away, and what has to stand there: else it was not looked into. */
interface Place {
  readonly name: string
  readonly sign: string
  /** Secrets alone: people's data may be there. */
  readonly secretsOnly?: boolean
  readonly texts: Iterable<Text> | AsyncIterable<Text>
}

/** Looks through all that was written down about the day, by whomever, for what must stand nowhere. */
export async function findLeaks(day: Day, client: Client, told: readonly Text[]): Promise<readonly Leak[]> {
  const personal = await personalValues(day.control, NOBODYS)
  const secrets = secretsOf(day)
  const canary: Needle = { kind: 'secret', what: 'a canary', value: `canary.${day.random.between(1e6, 9e6)}` }
  await plant(client, canary.value)
  const all = createScanner([...personal, ...secrets, canary])
  const alone = createScanner(secrets)
  const leaks: Leak[] = []
  for (const { name, sign, secretsOnly = false, texts } of placesOf(day, client, told)) {
    let [seen, letters, count] = [false, 0, 0]
    for await (const text of texts) {
      count++
      letters += text.text.length
      seen ||= text.text.includes(sign)
      leaks.push(...(secretsOnly ? alone : all).leaks(text))
    }
    if (!seen) throw new Error(`${name}: ${count} texts without "${sign}": it was not looked into.`)
    day.say(`looked through ${name}: ${count} texts, ${(letters / 1e6).toFixed(1)} MB`)
  }
  // A scanner that does not find what was planted for it finds nothing.
  const found = leaks.filter(({ what }) => what === canary.what).map(({ where }) => where)
  for (const place of ['history of ', 'temporal.db'])
    if (!found.some((where) => where.startsWith(place)))
      throw new Error(`What was planted was not found in ${place}.`)
  day.say(`looked for ${personal.length} personal values and ${secrets.length} secrets`)
  return leaks.filter(({ what }) => what !== canary.what)
}

function placesOf(day: Day, client: Client, told: readonly Text[]): readonly Place[] {
  const { folder } = day
  const kept = join(folder, '.tidelock')
  return [
    { name: 'histories of Temporal', sign: 'acme/sync/shopify-orders', texts: histories(client) },
    {
      name: 'the file of Temporal',
      sign: 'acme/sync/shopify-orders',
      texts: [...filesEnding(folder, '.db'), ...filesEnding(folder, '.db-wal')],
    },
    { name: 'what processes said', sign: 'Temporal Server', texts: fileText(folder, 'processes.log') },
    { name: 'the log of the workers', sign: '"mapping":"shopify-orders"', texts: filesEnding(kept, '.log') },
    { name: 'what people were told and given', sign: 'shopify-orders', texts: told },
    {
      name: 'the store',
      sign: 'shopify-orders',
      secretsOnly: true,
      texts: [...filesEnding(kept, '.db'), ...filesEnding(kept, '.db-wal')],
    },
  ]
}

/** Something that must be found, in the history of a workflow that nobody serves. */
async function plant(client: Client, value: string): Promise<void> {
  const handle = await client.workflow.start('planted', {
    taskQueue: 'nobody',
    workflowId: 'planted',
    args: [{ value }],
  })
  await handle.terminate()
}
