/**
 * Keys that survive the loss of our own store: the external id that stands at the target.
 *
 *   tidelock.<project>/<namespace>/<key>                    a record
 *   tidelock.<project>/<namespace>/<key>/<as>/<line key>    a line of it
 *
 * Parts of a compound key are joined by `/` too. In every part `%`, `/`, space, comma and control characters are
 * percent-encoded, so that the text parses back into its parts. (Odoo refuses spaces in external ids, and reads a comma
 * as a list of them; `%`, `/` and `:` are fine: observed on Odoo 18.0 and 19.0.)
 */
export type RecordKey = string & { readonly __brand: 'RecordKey' }

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be encoded
const RESERVED = /[%/,\s\u0000-\u001f\u007f-\u009f]/gu

/** All of them but `/`, which stands in nearly every key. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const RARE = /[%,\s\u0000-\u001f\u007f-\u009f]/u

function encodePart(part: string): string {
  return RARE.test(part) ? part.replace(RESERVED, encodeURIComponent) : part.replaceAll('/', '%2F')
}

/** The parts of a compound key as one text: the key a ledger row has. */
export function joinKey(parts: readonly string[]): string {
  return parts.map(encodePart).join('/')
}

/** The external id of a record by its {@link joinKey | joined key}; of a line of it when `line` is given. */
export function recordKey(
  project: string,
  namespace: string,
  key: string,
  line?: { readonly as: string; readonly key: string },
): RecordKey {
  const record = `tidelock.${encodePart(project)}/${encodePart(namespace)}/${key}` as RecordKey
  return line === undefined ? record : lineKey(record, line)
}

/** The external id of a line by that of its record. */
export function lineKey(record: RecordKey, line: { readonly as: string; readonly key: string }): RecordKey {
  const own = `${record}/${encodePart(line.as)}`
  return (line.key === '' ? own : `${own}/${line.key}`) as RecordKey
}

/** Whether an external id was made by Tidelock, whatever the project. */
export function isOurKey(externalId: string | undefined): boolean {
  return externalId?.startsWith('tidelock.') === true
}

/** The parts behind `tidelock.`, decoded; null when the text is not such a key. Inverse of {@link recordKey}. */
export function parseRecordKey(text: string): readonly string[] | null {
  if (!isOurKey(text)) return null
  try {
    return text.slice('tidelock.'.length).split('/').map(decodeURIComponent)
  } catch {
    return null
  }
}
