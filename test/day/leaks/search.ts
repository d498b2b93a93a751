import { disguises } from './disguises.ts'

/** Something that must stand nowhere. */
export interface Needle {
  /** `an email address of the shop`, `the Odoo key`. */
  readonly what: string
  readonly value: string
  readonly kind: 'secret' | 'personal'
}

export interface Text {
  /** `worker.log`, `history of acme/sync/shopify-orders`. */
  readonly where: string
  readonly text: string
}

export interface Leak {
  readonly where: string
  readonly what: string
  readonly kind: Needle['kind']
  /** Where it begins in the text. */
  readonly at: number
  /** As it stands there. */
  readonly found: string
}

/** Finds needles in texts. */
export interface Scanner {
  leaks(text: Text): readonly Leak[]
  readonly size: number
}

/** So much of each needle is looked up at each place of a text; shorter ones would be found everywhere. */
const HEAD = 7

/** Upper and lower case are one. Needles shorter than seven letters are refused: they would be found everywhere. */
export function createScanner(needles: readonly Needle[]): Scanner {
  const byHead = new Map<number, { readonly disguise: string; readonly needle: Needle }[]>()
  const known = new Set<string>()
  for (const needle of needles) {
    if (needle.value.length < HEAD) throw new Error(`${needle.what} is too short to be looked for.`)
    for (const written of disguises(needle.value)) {
      const disguise = written.toLowerCase()
      if (disguise.length < HEAD || known.has(disguise)) continue
      known.add(disguise)
      const head = hashOf(disguise, 0)
      const list = byHead.get(head)
      if (list === undefined) byHead.set(head, [{ disguise, needle }])
      else list.push({ disguise, needle })
    }
  }
  return {
    size: known.size,
    leaks({ where, text }) {
      const lower = text.toLowerCase()
      const leaks: Leak[] = []
      for (let at = 0; at + HEAD <= lower.length; at++) {
        const candidates = byHead.get(hashOf(lower, at))
        if (candidates === undefined) continue
        for (const { disguise, needle } of candidates)
          if (lower.startsWith(disguise, at))
            leaks.push({ where, what: needle.what, kind: needle.kind, at, found: disguise })
      }
      return leaks
    },
  }
}

function hashOf(text: string, at: number): number {
  let hash = 0
  for (let n = at; n < at + HEAD; n++) hash = (Math.imul(hash, 131) + text.charCodeAt(n)) | 0
  return hash
}
