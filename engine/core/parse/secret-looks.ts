/** Text that looks like a key or token: of a vendor we know, a private key, an address with its password, a web token. */
const LOOKS: readonly RegExp[] = [
  /\bshp(at|ss|ca|pa)_[0-9a-f]{16,}/gi,
  /\bxox[abeprs]-[\w-]{8,}/g,
  /\bhooks\.slack\.com\/services\/[\w/-]+/g,
  /\b(ghp|gho|ghs|github_pat|glpat|sk_live|rk_live)[_-]\w{16,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY.*/g,
  /\b[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/gi,
  /\beyJ[\w-]{20,}(\.[\w-]+)+/g,
]

/** Keys of Odoo and hashes of git look alike: only one that stands alone is taken for a key. */
const HEX = /^[0-9a-f]{40}$/i

/** Whether a text looks like a secret; such a text is never shown again in a message. */
export function looksLikeSecret(text: string): boolean {
  return HEX.test(text) || LOOKS.some((look) => text.search(look) >= 0)
}

/** What is said of a value that looks like a secret, where none may stand. */
export const SECRET_LITERAL = {
  code: 'secret-literal',
  message: 'This looks like a key or token; files are read by everybody who reviews.',
  hint: 'Replace the key where it was made, since it stays in the history of this file. Write { secret: NAME } here, and declare NAME in temporal.yaml.',
} as const

/** A text with everything in it that looks like a secret made unreadable. It is as long as before. */
export function withoutSecrets(text: string): string {
  return [/\b[0-9a-f]{40}\b/gi, ...LOOKS].reduce((left, look) => left.replace(look, unreadable), text)
}

/** The beginning of a secret, a quarter at most, so that its author knows it again; dots for the rest. */
export function unreadable(secret: string): string {
  const kept = Math.min(4, Math.floor(secret.length / 4))
  return secret.slice(0, kept) + '•'.repeat(secret.length - kept)
}
