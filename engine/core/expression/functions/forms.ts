import type { FunctionEntry } from '../functions.ts'
import { kindOfValue, showValue } from '../kinds.ts'
import { badValue } from '../park.ts'

/** Codes and addresses as people type them, brought into one form. */
function form(
  meaning: string,
  cel: string,
  gives: string,
  run: (text: string) => string | null,
  mayBeNothing = false,
): FunctionEntry {
  return {
    group: 'codes',
    parameters: [{ name: 'text', takes: ['text'] }],
    gives: () => ({ kind: 'text', nullable: mayBeNothing }),
    nulls: 'gives',
    meaning,
    example: { cel, gives },
    run: ([x]) => {
      if (typeof x !== 'string')
        throw badValue(`${showValue(x ?? null)} is ${kindOfValue(x ?? null)}, not a text.`)
      return run(x)
    },
  }
}

function code(length: number, what: string): (text: string) => string {
  const shape = new RegExp(`^[A-Z]{${length}}$`)
  return (text) => {
    const value = text.trim().toUpperCase()
    if (!shape.test(value)) throw badValue(`${showValue(text)} is not ${what} (${length} letters).`)
    return value
  }
}

export const FORM_FUNCTIONS: Readonly<Record<string, FunctionEntry>> = {
  country: form(
    'A two-letter country code (ISO 3166-1) in capitals. The shape is checked, not the list.',
    'country(" be ")',
    'BE',
    code(2, 'a country code'),
  ),
  currency: form(
    'A three-letter currency code (ISO 4217) in capitals. The shape is checked, not the list.',
    'currency("eur")',
    'EUR',
    code(3, 'a currency code'),
  ),
  digits: form(
    'Its digits 0 to 9 alone; nothing when there are none.',
    'digits("+32 (0)2 555")',
    '3202555',
    (text) => text.replace(/[^0-9]/g, '') || null,
    true,
  ),
  email: form(
    'Without white space around it, in small letters; nothing when empty. Parks what has not the shape of an address.',
    'email(" Ann@Acme.example ")',
    'ann@acme.example',
    (text) => {
      const value = text.trim().toLowerCase()
      if (value === '') return null
      if (!/^[^\s@]+@[^\s@]+$/.test(value)) throw badValue(`${showValue(text)} is not an email address.`)
      return value
    },
    true,
  ),
}
