import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, buildConnector, request as send } from 'undici'
import type { Credential } from '../../core/model/auth.ts'
import type { Host, HttpReply, HttpRequest, Rate } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { readLimits } from '../../core/pace/limits.ts'
import type { Priority } from '../../core/pace/queue.ts'
import { type CredentialKeeper, createCredentialSource } from '../credentials/source.ts'
import { ownBook } from './book.ts'
import { type ClockReading, readClock, surer } from './clock.ts'
import { type BudgetBook, createGate } from './gate.ts'
import { refuseAddress, type SecretSource } from './guard.ts'
import { closedFor, isRefusal } from './retry-after.ts'
import { createSecretsSent } from './secrets-sent.ts'

/** What a connection used: counted from real requests. */
export interface HostUsage {
  calls: number
  writeCalls: number
  bytesIn: number
  bytesOut: number
  /** Answers that refused the call whatever it asked for. */
  refusals: number
}

export interface HostOptions {
  readonly connection: string
  /** `limits:` of the connection file. */
  readonly limits: JsonObject | null
  readonly secrets: SecretSource
  /** Where credentials are kept that are renewed. Left out: nowhere, which is enough for keys and passwords. */
  readonly keeper?: CredentialKeeper
  readonly now: () => number
  /** Where its budget is kept, and on whose behalf it is called. Default: a budget that nobody else knows. */
  readonly budget?: { readonly book: BudgetBook; readonly mapping: string; readonly priority: Priority }
  /** How it waits. Default: by the clock of this process. */
  readonly pause?: Pause
  log(message: string, fields?: JsonObject): void
}

export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

/** A host as a leg holds it. */
export interface LegHost extends Host {
  readonly usage: HostUsage
  /** How far the remote's clock is ahead of ours by its answers, in milliseconds; null: they tell no time. */
  clockSkewMs(): number | null
  /**
   * Writes are refused from this instant on (epoch ms), as `unavailable` and not sent: what is written must have been noted
   * a short time before, or whoever takes over could not know how long it may still be on its way. Default: never.
   */
  allowWritesUntil(at: number): void
  /** Called when a request had to wait for the budget, before it is sent: what must not grow old meanwhile is made new. */
  afterWaiting(renew: (purpose: HttpRequest['purpose']) => Promise<void>): void
  /** A text without any of the secrets and tokens that were handed out until now. */
  conceal(text: string): string
  close(): Promise<void>
}

/** Above Odoo's own 120 s limit of a request, so that the remote gives up first. */
const ANSWER_TIMEOUT_MS = 150_000

/** The one way out to a remote system: paced, counted, guarded, answers buffered whole, no cookies, no redirects. */
export function createHost(options: HostOptions): LegHost {
  let writesUntil = Number.POSITIVE_INFINITY
  let writesWaiting = 0
  const late = (): boolean => options.now() > writesUntil
  const connect = buildConnector({ timeout: 15_000, minVersion: 'TLSv1.2' })
  const agent = new Agent({
    // A process that was stopped while it connected must not send what it wanted to send then.
    connect: (target, done) =>
      connect(target, (...answer) => {
        const [error, socket] = answer
        if (error !== null || writesWaiting === 0 || !late()) return done(...answer)
        socket.destroy()
        done(heldBack(options.connection), null)
      }),
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    pipelining: 1,
  })
  const tokenName = `the token of ${options.connection}`
  let tokenHosts: readonly string[] = []
  const hostsOf = (name: string) => (name === tokenName ? tokenHosts : options.secrets.hosts(name))
  const secrets = createSecretsSent()
  const secret = async (name: string) => secrets.note(await options.secrets.value(name))
  const usage: HostUsage = { calls: 0, writeCalls: 0, bytesIn: 0, bytesOut: 0, refusals: 0 }
  let renew: (purpose: HttpRequest['purpose']) => Promise<void> = async () => {}
  let clock: ClockReading | null = null
  const { budget } = options
  const gate = createGate({
    connection: options.connection,
    limits: readLimits(options.limits),
    book: budget?.book ?? ownBook(options.now),
    mapping: budget?.mapping ?? options.connection,
    priority: budget?.priority ?? 'normal',
    pause: options.pause ?? pauseHere,
  })

  const exchange = async (url: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpReply> => {
    const writes = request.purpose === 'write'
    if (writes && late()) throw heldBack(options.connection)
    usage.calls++
    if (writes) usage.writeCalls++
    usage.bytesOut += request.body === undefined ? 0 : Buffer.byteLength(request.body)
    if (writes) writesWaiting++
    const sentAt = options.now()
    try {
      const reply = await send(url, {
        method: request.method,
        headers: request.headers as Record<string, string>,
        body: request.body ?? null,
        dispatcher: agent,
        signal,
      })
      clock = surer(clock, readClock(reply.headers, sentAt, options.now()))
      const body = await reply.body.text()
      usage.bytesIn += Buffer.byteLength(body)
      const length = reply.headers['content-length']
      if (typeof length === 'string' && Number(length) !== Buffer.byteLength(body)) {
        throw new SyncError('unavailable', `${options.connection} broke off its answer.`)
      }
      return { status: reply.statusCode, headers: plainHeaders(reply.headers), body }
    } catch (error) {
      if (signal.aborted || error instanceof SyncError) throw error
      throw unanswered(options.connection, url, error)
    } finally {
      if (writes) writesWaiting--
    }
  }

  const host: LegHost = {
    usage,
    clockSkewMs: () => clock?.skewMs ?? null,
    now: options.now,
    log: options.log,
    reportRate: (rate: Rate) => gate.hear(rate),
    reportRefusal() {
      usage.refusals++
    },
    secret,
    conceal: secrets.conceal,
    credential(spec) {
      if ('client' in spec) tokenHosts = spec.client.hosts
      const secretAgain = async (name: string) =>
        secrets.note(await (options.secrets.again ?? options.secrets.value)(name))
      const source = createCredentialSource(spec, { ...host, secretAgain }, options.keeper ?? null, tokenName)
      const noted = <Known extends Credential | null>(credential: Known): Known => {
        if (credential !== null) secrets.note(credential.value)
        return credential
      }
      return {
        current: async (signal) => noted(await source.current(signal)),
        renewed: async (refused, signal) => noted(await source.renewed(refused, signal)),
      }
    },
    async request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
      const url = new URL(request.url)
      const refusal = refuseAddress(url, request.secrets, { hosts: hostsOf })
      if (refusal !== null) throw new SyncError('scope-violation', refusal, { maybeSent: false })
      const { waited, pass } = await gate.enter(request.cost ?? 1, signal)
      let sent = false
      let closed: number | 'later' | null = null
      try {
        if (waited) await renew(request.purpose)
        const reply = await exchange(url, request, signal)
        sent = true
        closed = closedFor(reply, options.now())
        if (isRefusal(reply)) usage.refusals++
        return reply
      } catch (error) {
        sent = !(error instanceof SyncError) || error.maybeSent
        throw error
      } finally {
        await pass.end({ sent, closed })
      }
    },
    allowWritesUntil(at) {
      writesUntil = at
    },
    afterWaiting(made) {
      renew = made
    },
    async close() {
      await gate.close()
      await agent.destroy()
    },
  }
  return host
}

async function pauseHere(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal })
}

function heldBack(connection: string): SyncError {
  return new SyncError('unavailable', `A write to ${connection} came too late and was not sent.`, {
    maybeSent: false,
  })
}

/** Codes of failures that happen before a byte of the request has left. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

function unanswered(connection: string, url: URL, error: unknown): SyncError {
  const code = codeOf(error)
  return new SyncError('unavailable', `${connection} gave no answer at ${url.origin} (${code}).`, {
    maybeSent: !NEVER_SENT.has(code),
    fields: { code },
  })
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown'
  const { code, cause, name } = error as { code?: unknown; cause?: unknown; name?: unknown }
  if (typeof code === 'string') return code
  return cause === undefined ? String(name ?? 'unknown') : codeOf(cause)
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}
