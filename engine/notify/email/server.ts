import type { SMTPTransportOptions } from 'nodemailer'

/** A mail server as a secret says it. */
export interface MailServer {
  readonly url: URL
  readonly user: string | null
  readonly password: string | null
  /** How nodemailer gets there: always encrypted and verified, but for `tls=none`, which the guard allows on this machine only. */
  readonly transport: SMTPTransportOptions
}

const CONNECT_MS = 10_000
const SILENCE_MS = 20_000

/** `smtps://USER:PASSWORD@HOST[:PORT]`: TLS at once; `smtp://…`: STARTTLS, or nothing is sent. Null: it is not such an address. */
export function mailServerOf(address: string): MailServer | null {
  if (!/^smtps?:\/\//i.test(address) || !URL.canParse(address)) return null
  const url = new URL(address)
  const isSecure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const tls = url.searchParams.get('tls')
  const isPlain = tls === 'none' && !isSecure
  const known = [...url.searchParams.keys()].every((name) => name === 'tls') && (tls === null || isPlain)
  if (host === '' || !known || !['', '/'].includes(url.pathname)) return null
  const user = url.username === '' ? null : decodeURIComponent(url.username)
  const password = url.password === '' ? null : decodeURIComponent(url.password)
  return {
    url,
    user,
    password,
    transport: {
      host,
      port: url.port === '' ? (isSecure ? 465 : 587) : Number(url.port),
      secure: isSecure,
      ...(isPlain ? { ignoreTLS: true } : { requireTLS: !isSecure }),
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      dnsTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // Mail is text of ours: nothing in it may be taken for a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
  }
}
