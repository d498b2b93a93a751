import type { Severity } from '../diagnostic.ts'

/**
 * What a fault is about, in the order in which a file is checked: what comes later is not looked at while something earlier is
 * wrong in it, because it would only follow from that.
 */
export const AREAS = ['yaml', 'file', 'repository', 'mapping', 'rights', 'tests'] as const
export type CodeArea = (typeof AREAS)[number]

/** What is known of one code: the only place where it is explained. */
export interface DiagnosticEntry {
  readonly area: CodeArea
  readonly severity: Severity
  /** One line, without a full stop. */
  readonly title: string
  /** What would happen if it were let through. */
  readonly why: string
  readonly mend: string
  readonly example: Example
}

/** A place of the shipped repository written wrong and right; a test writes both and checks. */
export interface Example {
  readonly file: string
  readonly right: string
  /** Null: the file is not there. */
  readonly wrong: string | null
  /** The shipped text that both stand for. (Default: `right`; a file that is not shipped consists of them.) */
  readonly at?: string
  /** A file that both need. */
  readonly beside?: { readonly file: string; readonly text: string }
}

export const ORDERS = 'mappings/shopify-orders.yaml'
export const CUSTOMERS = 'mappings/shopify-customers.yaml'
export const PRODUCTS = 'mappings/shopify-products.yaml'
export const ODOO = 'mappings/connections/odoo.yaml'
export const SHOPIFY = 'mappings/connections/shopify.yaml'
export const SETTINGS = 'temporal.yaml'

/** A list of entries of one area; the codes stay known to the compiler. */
export function entries<const Codes extends string>(
  area: CodeArea,
  list: Readonly<
    Record<Codes, Omit<DiagnosticEntry, 'area' | 'severity'> & { readonly severity?: Severity }>
  >,
): Readonly<Record<Codes, DiagnosticEntry>> {
  return Object.fromEntries(
    Object.entries<Omit<DiagnosticEntry, 'area' | 'severity'> & { readonly severity?: Severity }>(list).map(
      ([code, entry]) => [code, { severity: 'error', ...entry, area }],
    ),
  ) as Record<Codes, DiagnosticEntry>
}
