import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import { type Armed, createFaults } from '../faults.ts'
import { type Mail, parseMail } from './mail.ts'

export type SmtpFault =
  /** A reply of the server at one point of the dialogue, such as 451 or 550. `message`: after the mail has been read. */
  | (Armed & {
      readonly kind: 'reply'
      readonly at: 'connect' | 'auth' | 'from' | 'to' | 'message'
      readonly code: number
      readonly text: string
      /** Of `to`: only this recipient. */
      readonly recipient?: string
    })
  /** Takes the whole mail into the mailbox and never says so; the connection stays open. */
  | (Armed & { readonly kind: 'silent-after-data' })
  /** Takes the whole mail into the mailbox and closes the connection without a word. */
  | (Armed & { readonly kind: 'cut-after-data' })
  /** Somebody in between took STARTTLS out of what the server offers. */
  | (Armed & { readonly kind: 'starttls-stripped' })
  /** Takes the connection and says nothing. */
  | (Armed & { readonly kind: 'no-greeting' })

export interface ReceivedMail extends Mail {
  readonly at: number
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  /** Whether it came encrypted. */
  readonly secure: boolean
  readonly user: string | null
}

export interface SmtpOptions {
  readonly port?: number
  /** `starttls`: plain at first, encrypted when asked. `implicit`: encrypted at once. `none`: never. */
  readonly security: 'starttls' | 'implicit' | 'none'
  readonly tls?: { readonly key: string | Buffer; readonly cert: string; readonly maxVersion?: 'TLSv1.1' }
  /** (Default: nobody has to log in) */
  readonly login?: { readonly user: string; readonly password: string }
}

/** A mail server with one mailbox for everybody. */
export interface Smtp {
  /** With user and password: a secret. */
  readonly url: string
  readonly host: string
  readonly control: SmtpControl
  close(): Promise<void>
}

export interface SmtpControl {
  /** The mailbox, in order of arrival. */
  received(): Promise<readonly ReceivedMail[]>
  faults(faults: readonly SmtpFault[]): Promise<void>
  hits(): Promise<Readonly<Record<string, number>>>
  forget(): Promise<void>
}

export async function startSmtp(options: SmtpOptions): Promise<Smtp> {
  const faults = createFaults<SmtpFault>()
  const { security, login, tls } = options
  let received: ReceivedMail[] = []
  const silenced = new Set<() => void>()

  const refusal = (at: string, recipient?: string): Error | null => {
    const [hit] = faults.hitting(
      (fault) =>
        fault.kind === 'reply' &&
        fault.at === at &&
        (fault.recipient === undefined || fault.recipient === recipient),
    )
    return hit?.kind === 'reply' ? Object.assign(new Error(hit.text), { responseCode: hit.code }) : null
  }
  const happens = (kind: SmtpFault['kind']): boolean =>
    faults.hitting((fault) => fault.kind === kind).length > 0
  const server = new SMTPServer({
    secure: security === 'implicit',
    ...(tls === undefined
      ? {}
      : { key: tls.key, cert: tls.cert, ...(tls.maxVersion === undefined ? {} : OLD_TLS) }),
    logger: false,
    disableReverseLookup: true,
    closeTimeout: 100,
    authOptional: login === undefined,
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: security === 'none',
    ...(security === 'none' ? { disabledCommands: ['STARTTLS'] } : {}),
    onConnect(session, done) {
      if (happens('no-greeting')) return void silenced.add(done)
      if (happens('starttls-stripped'))
        (session as SMTPServerSession & { disabledCommands?: string[] }).disabledCommands = ['STARTTLS']
      done(refusal('connect'))
    },
    onAuth({ username, password }, _session, done) {
      const refused = refusal('auth')
      if (refused !== null) return done(refused)
      if (login !== undefined && (username !== login.user || password !== login.password))
        return done(Object.assign(new Error('Authentication credentials invalid'), { responseCode: 535 }))
      done(null, { user: username })
    },
    onMailFrom: (_address, _session, done) => done(refusal('from')),
    onRcptTo: ({ address }, _session, done) => done(refusal('to', address)),
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const refused = refusal('message')
        if (refused !== null) return done(refused)
        const raw = Buffer.concat(parts).toString('utf8')
        received.push({
          ...parseMail(raw),
          at: Date.now(),
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw,
          secure: session.secure,
          user: (session.user as unknown as string | undefined) ?? null,
        })
        if (happens('silent-after-data')) return void silenced.add(done)
        if (happens('cut-after-data')) return cut(server, session.id)
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  const user =
    login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`
  return {
    url: `${security === 'implicit' ? 'smtps' : 'smtp'}://${user}localhost:${port}`,
    host: `localhost:${port}`,
    control: {
      received: async () => [...received],
      async faults(armed) {
        faults.set(armed)
      },
      hits: async () => faults.hits(),
      async forget() {
        received = []
        faults.forgetHits()
      },
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** What nobody may speak any more. */
const OLD_TLS = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const

function cut(server: SMTPServer, id: string): void {
  for (const connection of server.connections)
    if ((connection as unknown as { session: { id: string } }).session.id === id)
      (connection as unknown as { _socket: { destroy(): void } })._socket.destroy()
}
