import { appliedChannels } from '../../store/channels.ts'
import type { Queryable } from '../../store/open.ts'

/** Where people are told instead: a channel that works, one of those the message was meant for first. Null: there is none. */
export async function otherChannelOf(
  store: Queryable,
  project: string,
  name: string,
  notify: readonly string[],
): Promise<string | null> {
  const able = (await appliedChannels(store, project))
    .filter(({ health, definition }) => health.state === 'up' && definition.name !== name)
    .map(({ definition }) => definition.name)
  return notify.find((other) => able.includes(other)) ?? able[0] ?? null
}
