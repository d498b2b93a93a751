import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { SyncError } from '../../core/model/failure.ts'

/** Where a PostgreSQL store is and how it is spoken to. */
export interface PostgresSettings {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly ssl: ConnectionOptions | false
  /** Settings of the server's session, as `options` of the url gives them: `-c search_path=tidelock`. */
  readonly options: string | undefined
  readonly enableChannelBinding: boolean
}

/** What libpq knows, and what becomes of it elsewhere than on this machine. */
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof SSL_MODES)[number]

/**
 * Reads a `postgres:` or `postgresql:` url. On this machine plain unless the url asks for TLS; everywhere else TLS 1.2 or
 * newer with a certificate that is verified, also where libpq would do with less. Throws `invalid-plan`, never with the url in it.
 */
export function postgresSettings(text: string): PostgresSettings {
  const url = URL.canParse(text) ? new URL(text) : null
  const database = url === null ? '' : decoded(url.pathname.slice(1))
  if (url === null || database === '') {
    throw refused(
      'The address of the PostgreSQL store cannot be read, expected postgres://USER:PASSWORD@HOST:PORT/DATABASE. Write characters such as @ : / # ? in a password as %40 %3A %2F %23 %3F.',
    )
  }
  const query = url.searchParams
  const host =
    query.get('host') ?? (url.hostname === '' ? 'localhost' : decoded(url.hostname).replace(/^\[|\]$/g, ''))
  return {
    host,
    port: Number(query.get('port') ?? (url.port === '' ? 5432 : url.port)),
    database,
    user: url.username === '' ? undefined : decoded(url.username),
    password: url.password === '' ? undefined : decoded(url.password),
    ssl: sslOf(host, query),
    options: query.get('options') ?? undefined,
    enableChannelBinding: ['prefer', 'require'].includes(query.get('channel_binding') ?? ''),
  }
}

function sslOf(host: string, query: URLSearchParams): ConnectionOptions | false {
  const mode = query.get('sslmode') as SslMode | null
  if (mode !== null && !SSL_MODES.includes(mode))
    throw refused(`The store's address says sslmode=${mode}; there is ${SSL_MODES.join(', ')}.`)
  const plain = mode === null || mode === 'disable' || mode === 'allow' || mode === 'prefer'
  if (isThisMachine(host)) {
    if (plain) return false
  } else if (mode === 'disable') {
    throw refused(
      `The store's address says sslmode=disable, and ${host} is another machine: take it out, so that the connection is encrypted.`,
    )
  }
  const fileOf = (name: string): Buffer | undefined => {
    const path = query.get(name)
    if (path === null || path === 'system') return undefined
    try {
      return readFileSync(path)
    } catch (error) {
      throw refused(`${path}, which the store's address gives as ${name}, cannot be read.`, error)
    }
  }
  const [ca, cert, key] = ['sslrootcert', 'sslcert', 'sslkey'].map(fileOf)
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // The name the certificate has to bear, an IP address too.
    host,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    // The certificate's chain is verified, its name is not: what `verify-ca` means.
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  }
}

/** Loopback or a socket file: nobody is on the way. */
function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function refused(message: string, cause?: unknown): SyncError {
  return new SyncError('invalid-plan', message, { maybeSent: false, cause })
}
