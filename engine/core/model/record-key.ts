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

function encodePart(part: string): string {
  return part.replace(RESERVED, (character) => encodeURIComponent(character))
}

/** The external id of a record, or of a line when `line` is given. `key` holds one text a part of the identity. */
export function recordKey(
  project: string,
  namespace: string,
  key: readonly string[],
  line?: { readonly as: string; readonly key: readonly string[] },
): RecordKey {
  const parts = [project, namespace, ...key]
  if (line !== undefined) parts.push(line.as, ...line.key)
  return `tidelock.${parts.map(encodePart).join('/')}` as RecordKey
}

/** The parts behind `tidelock.`, decoded; null when the text is not such a key. Inverse of {@link recordKey}. */
export function parseRecordKey(text: string): readonly string[] | null {
  if (!text.startsWith('tidelock.')) return null
  try {
    return text.slice('tidelock.'.length).split('/').map(decodeURIComponent)
  } catch {
    return null
  }
}
