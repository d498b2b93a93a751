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
]

/** What people are given when they ask. */
export async function given(day: Day): Promise<readonly Text[]> {
  const texts: Text[] = []
  for (const args of ASKED) texts.push({ where: `tidelock ${args.join(' ')}`, text: await ended(day, args) })
  return [...texts, ...fileText(day.folder, SHEET)]
}
