import { type Day, ended } from '../day.ts'
import { fileText } from './files.ts'
import type { Text } from './search.ts'

const SHEET = 'parked.csv'

/** What people ask for in the evening. */
const ASKED: readonly (readonly string[])[] = [
  ['status'],
  ['runs', '--limit', '50'],
  ['dead-letters', 'list', '--limit', '5000'],
  ['dead-letters', 'list', '--clusters'],
  ['dead-letters', 'export', SHEET],
  ['alerts', 'channels'],
  ['run', 'shopify-customers', '--dry', '--limit', '50', '--compare'],
]
/** How many dead letters are looked at one by one, of those that were refused and of all. */
const SHOWN = 2

/** What people are given when they ask. */
export async function given(day: Day): Promise<readonly Text[]> {
  const texts: Text[] = []
  for (const args of [...ASKED, ...(await askedOfLetters(day))])
    texts.push({ where: `tidelock ${args.join(' ')}`, text: await ended(day, args) })
  return [...texts, ...fileText(day.folder, SHEET)]
}

/** What was sent for those that were refused is shown too. */
async function askedOfLetters({ store }: Day): Promise<readonly (readonly string[])[]> {
  const letters = store.db.selectFrom('dead_letter').select(['id', 'mapping', 'source_key']).limit(SHOWN)
  const refused = await letters.where('exchange', 'is not', null).execute()
  if (refused.length === 0) throw new Error('Nothing was refused by a target: no excerpt was looked into.')
  return [...refused, ...(await letters.where('mapping', '=', 'shopify-orders').execute())].flatMap(
    ({ id, mapping, source_key }) => [
      ['dead-letters', 'show', id],
      ['explain', mapping, source_key!],
    ],
  )
}
