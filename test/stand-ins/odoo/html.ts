const SCRIPT = /<script\b[\s\S]*?<\/script>/gi
const BLOCK = /<(?:p|div|ul|ol|table|h[1-6]|blockquote|pre|section)\b/i
const VOID: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'input'])

/**
 * HTML as Odoo keeps it: scripts go, text gets a paragraph, and several elements in a row get a `span`, unless one of them is
 * a block (observed on 18.0 and 19.0).
 */
export function sanitized(html: string): string {
  // At the very beginning a script is no part of the body.
  const body = html.replace(/^(?:\s*<script\b[\s\S]*?<\/script>)+/i, '')
  const clean = body.replace(SCRIPT, '')
  if (!/^\s*</.test(body)) return clean === '' ? '' : `<p>${clean}</p>`
  return elementsOf(body) === 1 || BLOCK.test(body) ? clean : `<span>${clean}</span>`
}

/** Elements and texts side by side at the top. */
function elementsOf(html: string): number {
  let [count, depth, end] = [0, 0, 0]
  for (const match of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/gi)) {
    if (depth === 0 && html.slice(end, match.index).trim() !== '') count += 1
    end = match.index + match[0].length
    if (match[1] === '/') depth -= 1
    else {
      if (depth === 0) count += 1
      if (match[3] !== '/' && !VOID.has(match[2]!.toLowerCase())) depth += 1
    }
  }
  return html.slice(end).trim() === '' ? count : count + 1
}
