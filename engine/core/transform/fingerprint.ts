// A hash is a pure function of its input; nothing else of Node is used here.
// biome-ignore lint/style/noRestrictedImports: pure
import { hash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../model/json.ts'

/** SHA-256 of the canonical form, 64 hex digits: plans are known by it. */
export function hashOf(value: JsonValue): string {
  return hash('sha256', canonicalJson(value), 'hex')
}

/**
 * 72 bits of SHA-256 of the canonical form, as 12 characters: enough to tell one version of a field or record from the one
 * before, which is all a ledger compares, and short enough to keep one a field.
 */
export function fingerprintOf(value: JsonValue): string {
  if (typeof value !== 'string' || value.length > MOST_KNOWN_LENGTH)
    return fingerprintOfText(canonicalJson(value))
  const known = fingerprints.get(value)
  if (known !== undefined) return known
  const fingerprint = fingerprintOfText(canonicalJson(value))
  if (fingerprints.size === MOST_KNOWN) fingerprints.clear()
  fingerprints.set(value, fingerprint)
  return fingerprint
}

/** Of short texts: ids, prices, quantities and the like come again and again. */
const fingerprints = new Map<string, string>()
const MOST_KNOWN = 20_000
const MOST_KNOWN_LENGTH = 12

/** Of a text that is canonical by itself. */
export function fingerprintOfText(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 12)
}
