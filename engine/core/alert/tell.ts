import type { AlertChange } from './message.ts'
import type { AlertRule } from './rule.ts'
import type { RuleChange, Standing } from './timeline.ts'

/** Channels to tell of a change; `change` null: the last one, which was held back. */
export interface Telling {
  readonly change: RuleChange | null
  readonly channels: readonly string[]
}

/**
 * Whom to tell what. A channel that is quiet now is told nothing, unless the rule is critical; when its quiet has ended it is told
 * how the rule stands, if that is not what it was told last. `told`: the channels that know that it fires.
 */
export function whomToTell(
  rule: Pick<AlertRule, 'notify' | 'escalate' | 'severity'>,
  told: readonly string[],
  changes: readonly RuleChange[],
  standing: Standing,
  isQuiet: (channel: string) => boolean,
): { readonly tellings: readonly Telling[]; readonly told: readonly string[] } {
  const knows = new Set(told)
  const isHeard = (channel: string) => rule.severity === 'critical' || !isQuiet(channel)
  const tell = (change: RuleChange | null, channels: readonly string[]): Telling[] => {
    const heard = [...new Set(channels)].filter(isHeard)
    return heard.length === 0 ? [] : [{ change, channels: heard }]
  }
  const after = (kind: AlertChange, channels: readonly string[]) => {
    for (const channel of channels) kind === 'recovered' ? knows.delete(channel) : knows.add(channel)
  }
  const unknown = (channels: readonly string[]) => channels.filter((channel) => !knows.has(channel))
  const tellings: Telling[] = []
  for (const change of changes) {
    const isStep = change.change === 'escalated' && rule.escalate === null
    // Who is quiet at a step is told of it afterwards.
    if (isStep) for (const channel of rule.notify) knows.delete(channel)
    const whom = {
      raised: () => unknown(rule.notify),
      escalated: () => unknown(rule.escalate?.notify ?? rule.notify),
      recovered: () => [...knows],
    }[change.change]()
    const made = tell(change, whom)
    tellings.push(...made)
    for (const { channels } of made) after(change.change, channels)
  }
  const shouldKnow = standing.firing
    ? [...rule.notify, ...(standing.escalated ? (rule.escalate?.notify ?? []) : [])]
    : []
  const held = tell(null, standing.firing ? unknown(shouldKnow) : [...knows])
  for (const { channels } of held) after(standing.firing ? 'raised' : 'recovered', channels)
  return { tellings: [...tellings, ...held], told: [...knows].sort() }
}
