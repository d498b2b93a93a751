import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { Repository } from './repository.ts'

/** What an environment makes of the files: connections with its overrides, where Temporal and the store are. Null: there is no such environment. */
export function applyEnvironment(repository: Repository, environment: string) {
  const { environments } = repository.project
  const chosen = Object.hasOwn(environments, environment) ? environments[environment] : undefined
  if (chosen === undefined) return null
  const connections = Object.fromEntries(
    Object.entries(repository.connections).map(([name, { value }]) => {
      const override = (chosen.connections?.[name] ?? {}) as JsonObject
      return [name, merge(value as unknown as JsonObject, override)]
    }),
  )
  return {
    connections,
    temporal: chosen.temporal ?? {},
    store: chosen.store ?? null,
    keys: chosen.keys ?? null,
  }
}

/** Blocks are merged key by key, `{ secret: … }` included; anything else, lists too, is replaced. */
function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base }
  for (const [name, value] of Object.entries(over)) {
    const before = merged[name]
    merged[name] =
      isJsonObject(value) && isJsonObject(before ?? null) ? merge(before as JsonObject, value) : value
  }
  return merged
}
