/** Text that looks like a key or token: of a vendor we know, a private key, an address with its password, a web token. */
const LOOKS: readonly RegExp[] = [
  /\bshp(at|ss|ca|pa)_[0-9a-f]{16,}/i,
  /\bxox[abeprs]-[\w-]{8,}/,
  /\bhooks\.slack\.com\/services\/\w+/,
  /\b(ghp|gho|ghs|github_pat|glpat|sk_live|rk_live)[_-]\w{16,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /^[0-9a-f]{40}$/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\b[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i,
  /\beyJ[\w-]{20,}\.[\w-]{10,}/,
]

/** Whether a text looks like a secret; such a text is never shown again in a message. */
export function looksLikeSecret(text: string): boolean {
  return LOOKS.some((look) => look.test(text))
}
