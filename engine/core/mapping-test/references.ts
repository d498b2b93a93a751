import type { References, Resolution } from '../expression/compile.ts'

/**
 * Look-ups answered by their own text: a field that holds `match("product.product", "default_code", "MUG")` shows in a test what is
 * looked up, and no system has to be there. Those named in `missing` find nothing.
 */
export function namedReferences(
  missing: readonly string[],
): References & { readonly unused: ReadonlySet<string> } {
  const unused = new Set(missing)
  const absent = new Set(missing.map(plain))
  const answer = (text: string): Resolution => {
    if (!absent.has(plain(text))) return { status: 'found', id: text }
    for (const name of unused) if (plain(name) === plain(text)) unused.delete(name)
    return { status: 'missing' }
  }
  return {
    unused,
    match({ resource, field, value, where }) {
      const texts = [resource, field, value].map((part) => JSON.stringify(part))
      const conditions = Object.keys(where).length === 0 ? [] : [JSON.stringify({ where })]
      return answer(`match(${[...texts, ...conditions].join(', ')})`)
    },
    link: (mapping, key) => answer(`link(${JSON.stringify(mapping)}, ${JSON.stringify(key)})`),
    ref: (name) => answer(`ref(${JSON.stringify(name)})`),
  }
}

/** Without the spaces that people put differently. */
function plain(text: string): string {
  return text.replace(/\s+/g, '')
}
