/** The columns of every sheet of dead letters; behind them stand the values of the records, as expressions name them. */
export const COLUMNS = [
  'id',
  'mapping',
  'key',
  'label',
  'class',
  'message',
  'place',
  'owner',
  'first seen',
  'decision',
  'reason',
  'version',
  'exported',
] as const
export type Column = (typeof COLUMNS)[number]

/** Without these nothing can be decided. */
export const NEEDED: readonly Column[] = ['id', 'owner', 'decision', 'reason', 'version', 'exported']

/** `D` of the fourth column, as spreadsheets call it. */
export function columnLetters(index: number): string {
  const rest = Math.floor(index / 26) - 1
  return (rest < 0 ? '' : columnLetters(rest)) + String.fromCharCode(65 + (index % 26))
}
