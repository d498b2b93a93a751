/** One condition of a `query:` text. */
interface Term {
  readonly field: string
  readonly operator: '>=' | '<=' | '>' | '<' | ':'
  readonly value: string
}

export interface Search {
  readonly terms: readonly Term[]
  /** What `extensions.search[].warnings` holds: records are missing without a word otherwise. */
  readonly warnings: readonly { readonly field: string; readonly message: string; readonly code: string }[]
}

const KNOWN = new Set([
  'updated_at',
  'created_at',
  'processed_at',
  'id',
  'name',
  'sku',
  'email',
  'status',
  'financial_status',
  'test',
  'product_id',
  'barcode',
])

/**
 * The search syntax as far as it is used, with its trap: an unquoted time is taken apart at its colons, so that
 * `updated_at:>=2026-01-01T00:00:00Z` filters from midnight of the shop's day and warns of a field called "00".
 */
export function parseSearch(text: string | null): Search {
  const terms: Term[] = []
  const warnings: Search['warnings'][number][] = []
  for (const match of (text ?? '').matchAll(/(\w+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|([^\s]+))/g)) {
    const [, field = '', operator = ':', single, double, bare] = match
    let value = single ?? double ?? bare ?? ''
    if (bare?.includes(':') === true && /^\d{4}-\d{2}-\d{2}T/.test(bare)) {
      value = `${bare.slice(0, 10)}T00:00:00Z`
      warnings.push({ field: '00', message: 'Invalid search field for this query.', code: 'invalid_field' })
    }
    if (KNOWN.has(field)) terms.push({ field, operator: operator as Term['operator'], value })
    else warnings.push({ field, message: 'Invalid search field for this query.', code: 'invalid_field' })
  }
  return { terms, warnings }
}

/** Whether a node passes all conditions. Times compare to the second, ids by number. */
export function matches(node: Readonly<Record<string, unknown>>, search: Search): boolean {
  return search.terms.every(({ field, operator, value }) => {
    if (field === 'status') return true
    const found = termValue(node, field)
    if (found === null) return false
    const [a, b] =
      field === 'id' || field === 'product_id'
        ? [Number(found), Number(value)]
        : field.endsWith('_at')
          ? [Date.parse(found), Date.parse(value)]
          : [found.toLowerCase(), value.toLowerCase()]
    if (operator === '>=') return a >= b
    if (operator === '<=') return a <= b
    if (operator === '>') return a > b
    return operator === '<' ? a < b : a === b
  })
}

function termValue(node: Readonly<Record<string, unknown>>, field: string): string | null {
  if (field === 'id') return String(node['legacyResourceId'] ?? '')
  if (field === 'financial_status') return String(node['displayFinancialStatus'] ?? '')
  const camel = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const value = node[camel]
  return value === null || value === undefined ? null : String(value)
}
