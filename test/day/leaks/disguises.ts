/** Ways in which a value may stand in a text and still be had from it: as it is, escaped, in a URL, in base64 at any place of a longer text. */
export function disguises(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8')
  const query = new URLSearchParams({ v: value }).toString().slice(2)
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    asciiJson(value),
    encodeURIComponent(value),
    encodeURI(value),
    query,
    entities(value),
    bytes.toString('hex'),
    // Text in UTF-8 that somebody read as Latin 1.
    bytes.toString('latin1'),
    ...[0, 1, 2].flatMap((shift) => inBase64(bytes, shift)),
  ]
}

/** What is the same of a value's base64 whatever stands before and behind it, when it begins at a byte ≡ `shift` mod 3. */
function inBase64(bytes: Buffer, shift: number): readonly string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  // A letter that holds bits of a neighbour is not known.
  const first = [0, 2, 3][shift]!
  const last = ((shift + bytes.length) * 8) % 6 === 0 ? text.length : text.length - 1
  const known = text.slice(first, last)
  return [known, known.replaceAll('+', '-').replaceAll('/', '_')]
}

function asciiJson(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function entities(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
