import { nearest } from '../../expression/nearest.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts'
import { applyEnvironment } from '../environment.ts'
import type { Rule } from './rule.ts'
import { secretsIn } from './secrets.ts'

/** A secret may be sent to the address of each connection and channel that uses it, in every environment. */
export const secretsReachTheirHosts: Rule = ({ repository, known, unusable, settingsAreSound, add }) => {
  if (!settingsAreSound) return
  const { project } = repository
  const told = new Set<string>()
  const check = (who: string, host: URL, secrets: Iterable<readonly [string, unknown]>, where: string) => {
    for (const [secret] of secrets) {
      const hosts = Object.hasOwn(project.secrets, secret) ? (project.secrets[secret]!.to ?? []) : []
      // None at all is told already.
      if (hosts.length === 0 || hosts.includes(host.host) || hosts.includes(host.hostname)) continue
      const id = `${secret} ${host.host}`
      if (told.has(id)) continue
      told.add(id)
      const near = hosts.findIndex((other) => nearest(other, [host.host]) !== null)
      const place = ['secrets', secret, 'to']
      add(project.document, near < 0 ? place : [...place, near], {
        code: 'secret-other-host',
        message: `${who} sends "${secret}" to ${host.host}${where}, which is not among its hosts.`,
        hint:
          near < 0
            ? `Add ${host.host}, if the secret belongs there.`
            : { hint: `Did you mean "${host.host}"?`, replace: host.host },
        of: near < 0 ? 'key' : 'value',
      })
    }
  }
  for (const environment of Object.keys(project.environments)) {
    const connections = applyEnvironment(repository, environment)?.connections ?? {}
    for (const [name, { connector, settings, auth }] of Object.entries(connections)) {
      const host = unusable.has(name) ? null : hostOf(settings ?? null, known.connectors[String(connector)])
      if (host === null) continue
      const where = environment === 'default' ? '' : ` in ${environment}`
      check(`The connection "${name}"`, host, secretsIn(auth ?? null, []), where)
    }
  }
  for (const [name, channel] of Object.entries(repository.channels?.value.channels ?? {})) {
    // The others have their address in the secret itself.
    if (!('webhook' in channel) || typeof channel.webhook.url !== 'string') continue
    const { url, sign } = channel.webhook
    if (sign !== undefined && URL.canParse(url))
      check(`The channel "${name}"`, new URL(url), [[sign.secret, null]], '')
  }
}

/** Where a connection's requests go: its `url`, or the address that the connector makes of another setting (`x-address`). */
function hostOf(settings: JsonValue, schema: JsonObject | undefined): URL | null {
  if (!isJsonObject(settings) || schema === undefined) return null
  const { url } = settings
  if (typeof url === 'string') return URL.canParse(url) ? new URL(url) : null
  for (const [name, value] of Object.entries(settings)) {
    const address = below(schema, ['properties', 'settings', 'properties', name, 'x-address'])
    if (typeof address === 'string' && typeof value === 'string') {
      const made = address.replace('{}', value)
      return URL.canParse(made) ? new URL(made) : null
    }
  }
  return null
}

function below(value: JsonValue, path: readonly string[]): JsonValue {
  return path.reduce<JsonValue>((at, part) => (isJsonObject(at) ? (at[part] ?? null) : null), value)
}
