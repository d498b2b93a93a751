/** Secrets by name, and the hosts each may be sent to. */
export interface SecretSource {
  /** Throws a `scope-violation` that names the secret and where it should have come from. */
  value(name: string): Promise<string>
  /** The same, read again where it comes from, for who hears that it is refused. Default: as `value`. */
  again?(name: string): Promise<string>
  /** Host names (with a port where it is not the standard one) the secret may go to. Empty: nowhere. */
  hosts(name: string): readonly string[]
}

/** Why a request may not go out; null when it may. Plain http only to this machine; a secret only to its declared hosts. */
export function refuseAddress(
  url: URL,
  secrets: readonly string[],
  source: Pick<SecretSource, 'hosts'>,
): string | null {
  if (url.username !== '' || url.password !== '')
    return `The address of ${url.host} carries a user name or password: declare a secret instead.`
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return `${url.protocol}//${url.host} is not encrypted; only https is allowed outside this machine.`
  }
  return refuseHost(url, secrets, source)
}

/**
 * Why mail may not be handed to a server; null when it may. `smtps:` and `smtp:` are both encrypted (the second one after
 * STARTTLS); plain text, which `?tls=none` asks for, goes to this machine only.
 */
export function refuseMailServer(
  url: URL,
  secrets: readonly string[],
  source: Pick<SecretSource, 'hosts'>,
): string | null {
  if (url.searchParams.get('tls') === 'none' && !isLoopback(url.hostname))
    return `${url.host} would be spoken to in plain text (tls=none); only a server on this machine may be.`
  return refuseHost(url, secrets, source)
}

function refuseHost(
  url: URL,
  secrets: readonly string[],
  source: Pick<SecretSource, 'hosts'>,
): string | null {
  for (const name of secrets) {
    const hosts = source.hosts(name)
    if (!hosts.some((host) => host === url.host || host === url.hostname)) {
      return `The secret "${name}" may not be sent to ${url.host}; temporal.yaml allows ${hosts.length === 0 ? 'no host' : hosts.join(', ')}. Add the host to its "to" list if that is right.`
    }
  }
  return null
}

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    hostname === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
