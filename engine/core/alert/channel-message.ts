import type { ChannelHealth } from './channel-health.ts'
import type { AlertChange, AlertMessage } from './message.ts'

/** Told on another channel when one does not work any more. `docs`: the folder of the pages for operators. */
export function channelIsDead(
  project: string,
  channel: string,
  health: ChannelHealth,
  docs: string | null,
): AlertMessage {
  return {
    ...about(project, channel, health.since, health.since, 'raised'),
    summary:
      `The channel "${channel}" does not work. What it should have told is told elsewhere until it works again. ${health.lastError ?? ''}`.trim(),
    advice: {
      text: 'Mend what it answers, then prove it; it is also asked again from time to time by itself.',
      commands: [`npx tidelock alerts send ${channel}`, 'npx tidelock alerts channels'],
    },
    links: docs === null ? [] : [{ label: 'What to do', url: `${docs}/dead-channel.md` }],
  }
}

/** Told on another channel, and on itself where that is how it was found out, when a dead one works again. */
export function channelWorksAgain(
  project: string,
  channel: string,
  deadSince: number,
  now: number,
): AlertMessage {
  return {
    ...about(project, channel, deadSince, now, 'recovered'),
    summary: `The channel "${channel}" works again.`,
    advice: { text: '', commands: [] },
  }
}

function about(project: string, channel: string, since: number, at: number, change: AlertChange) {
  return {
    id: `channel/${channel}/${since}/${change}`,
    ruleId: `channel/${channel}`,
    project,
    mapping: null,
    kind: 'dead-channel',
    rule: `channel ${channel}`,
    severity: 'critical',
    change,
    since,
    at,
    count: null,
    examples: [],
    links: [],
  } as const
}
