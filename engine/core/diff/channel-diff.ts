import type { ChannelDefinition } from '../alert/channel.ts'
import { canonicalJson, type JsonObject } from '../model/json.ts'
import { differencesOf } from './plan-diff.ts'

/** One channel that the files and what is applied do not say alike. */
export interface ChannelChange {
  readonly channel: string
  readonly action: 'create' | 'update' | 'remove'
  /** What differs or follows from it, a line each. */
  readonly differences: readonly string[]
}

/** What applying would change of the channels, by name; secrets are names here as everywhere. */
export function diffChannels(
  wanted: readonly ChannelDefinition[],
  applied: readonly ChannelDefinition[],
): readonly ChannelChange[] {
  const names = [...new Set([...wanted, ...applied].map(({ name }) => name))].sort()
  return names.flatMap((name): readonly ChannelChange[] => {
    const after = wanted.find((channel) => channel.name === name)
    const before = applied.find((channel) => channel.name === name)
    if (after === undefined)
      return [
        {
          channel: name,
          action: 'remove',
          differences: ['What waits for it goes to another channel.'],
        },
      ]
    if (before === undefined)
      return [{ channel: name, action: 'create', differences: [canonicalJson(written(after))] }]
    const differences = differencesOf(written(before), written(after), '')
    return differences.length === 0 ? [] : [{ channel: name, action: 'update', differences }]
  })
}

/** As it stands in the file. */
function written({ kind, settings, quiet }: ChannelDefinition): JsonObject {
  return { [kind]: settings, ...(quiet === null ? {} : { quiet }) }
}
