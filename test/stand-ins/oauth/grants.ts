export interface GrantOptions {
  readonly accessSeconds: number
  /** Null: refresh tokens do not end. */
  readonly refreshSeconds: number | null
  /** Whether a refresh token is replaced each time it is used. */
  readonly rotates: boolean
  /** How long a refresh token that was replaced is still taken, unless its replacement is used before. */
  readonly graceMs: number
  readonly now: () => number
  /** Makes the text of a token. */
  mint(kind: 'access' | 'refresh'): string
}

/** Tokens as they are given out together. */
export interface Issued {
  readonly accessToken: string
  readonly refreshToken: string
  /** How long the refresh token lives from now; null: without end. */
  readonly refreshSeconds: number | null
}

interface Grant {
  readonly account: string
  refresh: { readonly token: string; readonly endsAt: number }
  previous: { readonly token: string; readonly until: number } | null
  revoked: boolean
}

/** What people agreed to, and the tokens that came of it. */
export interface Grants {
  /** A new one, as after a person agreed. */
  begin(account: string): Issued
  /** Null: the token is not taken (any more). */
  refresh(token: string): Issued | null
  /** An access token without a grant, as for client credentials. */
  loose(account: string): string
  /** Whom an access token is for; null when it is not taken. */
  accountOf(accessToken: string): string | null
  /** All grants of an account end, with their tokens. */
  revoke(account: string): void
  /** Access tokens end before their time. */
  endAccess(): void
}

export function createGrants(options: GrantOptions): Grants {
  const { now, mint, graceMs } = options
  const grants: Grant[] = []
  const access = new Map<string, { readonly account: string; readonly grant: Grant | null; endsAt: number }>()

  const giveAccess = (account: string, grant: Grant | null): string => {
    const token = mint('access')
    access.set(token, { account, grant, endsAt: now() + options.accessSeconds * 1_000 })
    return token
  }
  const newRefresh = () => ({
    token: mint('refresh'),
    endsAt:
      options.refreshSeconds === null ? Number.POSITIVE_INFINITY : now() + options.refreshSeconds * 1_000,
  })
  const issued = (grant: Grant): Issued => ({
    accessToken: giveAccess(grant.account, grant),
    refreshToken: grant.refresh.token,
    refreshSeconds:
      options.refreshSeconds === null ? null : Math.floor((grant.refresh.endsAt - now()) / 1_000),
  })
  return {
    begin(account) {
      const grant: Grant = { account, refresh: newRefresh(), previous: null, revoked: false }
      grants.push(grant)
      return issued(grant)
    },
    refresh(token) {
      for (const grant of grants) {
        if (grant.revoked) continue
        if (grant.refresh.token === token && grant.refresh.endsAt > now()) {
          if (options.rotates) {
            grant.previous = { token, until: Math.min(now() + graceMs, grant.refresh.endsAt) }
            grant.refresh = newRefresh()
          }
          return issued(grant)
        }
        if (grant.previous?.token === token && grant.previous.until > now()) {
          // Whoever comes with the old one never got the new one.
          grant.refresh = newRefresh()
          return issued(grant)
        }
      }
      return null
    },
    loose: (account) => giveAccess(account, null),
    accountOf(accessToken) {
      const found = access.get(accessToken)
      if (found === undefined || found.endsAt <= now() || found.grant?.revoked === true) return null
      return found.account
    },
    revoke(account) {
      for (const grant of grants) if (grant.account === account) grant.revoked = true
      for (const [token, { account: of }] of access) if (of === account) access.delete(token)
    },
    endAccess: () => access.clear(),
  }
}
