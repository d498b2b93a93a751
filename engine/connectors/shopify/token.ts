import type { Host } from '../../core/model/connector.ts'
import { SyncError } from '../../core/model/failure.ts'
import type { Config } from './config.ts'

/** The token requests carry. */
export interface TokenSource {
  /** A valid token, with the secrets a request that carries it has to name. */
  current(signal: AbortSignal): Promise<{ readonly value: string; readonly secrets: readonly string[] }>
  /** Forgets this token after it was refused. False when there is nothing newer to be had. */
  renew(refused: string): boolean
}

/** A token is renewed this long before it ends. */
const EARLY_MS = 60_000

/**
 * A plain token as it is; with client credentials one that is asked for again when it ends. Shopify's answer to the grant has no
 * `token_type`, which OAuth requires (shopify.dev, client credentials grant), hence a client of our own. One request at a time.
 */
export function createTokenSource(config: Config, host: Host): TokenSource {
  const { auth } = config
  if (auth.kind === 'token') {
    return {
      current: async () => ({ value: await host.secret(auth.token), secrets: [auth.token] }),
      renew: () => false,
    }
  }
  const secrets = [auth.id, auth.secret]
  let token: { value: string; until: number } | null = null
  let asking: Promise<{ value: string; until: number }> | null = null

  const ask = async (signal: AbortSignal): Promise<{ value: string; until: number }> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: await host.secret(auth.id),
      client_secret: await host.secret(auth.secret),
    })
    const reply = await host.request(
      {
        url: `${config.address}/admin/oauth/access_token`,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: form.toString(),
        purpose: 'read',
        secrets,
      },
      signal,
    )
    if (reply.status >= 500)
      throw new SyncError('unavailable', `${config.name} answered ${reply.status} when asked for a token.`)
    if (reply.status === 429)
      throw new SyncError('throttled', `${config.name} is asked for tokens too often.`, {
        retryAfterMs: 5_000,
      })
    const answer = parse(reply.body)
    if (reply.status >= 400 || typeof answer['access_token'] !== 'string') {
      throw new SyncError(
        'auth-expired',
        `${config.name} refuses the client credentials (${reply.status} ${String(answer['error'] ?? '')}). Check the secrets "${auth.id}" and "${auth.secret}", and that the app is installed on the shop.`,
      )
    }
    const seconds = typeof answer['expires_in'] === 'number' ? answer['expires_in'] : 86_399
    return { value: answer['access_token'], until: host.now() + seconds * 1_000 }
  }

  return {
    async current(signal) {
      while (token === null || token.until - EARLY_MS <= host.now()) {
        asking ??= ask(signal).finally(() => {
          asking = null
        })
        try {
          token = await asking
        } catch (error) {
          // It may have been asked for by another request that was given up; this one still needs it.
          if (signal.aborted || !isGivenUp(error)) throw error
        }
      }
      return { value: token.value, secrets }
    },
    renew(refused) {
      // Another request may have renewed it in the meantime.
      if (token?.value === refused) token = null
      return true
    },
  }
}

function isGivenUp(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return {}
  }
}
