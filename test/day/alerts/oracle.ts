import { CHANNELS, type ChannelName } from './rules.ts'

/** What people have to be told: by channel, and what stands first in the message. */
export interface Telling {
  readonly channel: ChannelName
  readonly title: string
}

/** What arrived, and when (epoch ms). */
export interface Arrived extends Telling {
  readonly at: number
}

/** Keeps what has to be told as the day goes on, from what the day does. It knows nothing of what the engine thinks. */
export interface Oracle {
  /** Everybody is told that it is so. */
  raised(severity: 'WARNING' | 'CRITICAL', rule: string, channels?: readonly ChannelName[]): void
  /** Everybody is told that it is over. */
  recovered(rule: string, channels?: readonly ChannelName[]): void
  /** One channel gets this. */
  told(channel: ChannelName, title: string): void
  expected(): readonly Telling[]
}

export function createOracle(): Oracle {
  const expected: Telling[] = []
  const all = (title: string, channels: readonly ChannelName[]) => {
    for (const channel of channels) expected.push({ channel, title })
  }
  return {
    raised: (severity, rule, channels = CHANNELS) => all(`${severity} ${rule}`, channels),
    recovered: (rule, channels = CHANNELS) => all(`RECOVERED ${rule}`, channels),
    told: (channel, title) => void expected.push({ channel, title }),
    expected: () => [...expected],
  }
}

/**
 * The silences that have to be told: stretches without a completed run that are longer than they may be. `until`: how far somebody
 * looked; a silence that lasts then is not over.
 */
export function silences(
  completed: readonly number[],
  {
    begin,
    until,
    longerThanMs,
  }: { readonly begin: number; readonly until: number; readonly longerThanMs: number },
): readonly { readonly from: number; readonly over: boolean }[] {
  const times = [begin, ...completed.filter((at) => at > begin && at <= until)].sort((a, b) => a - b)
  return times.flatMap((at, index) => {
    const next = times[index + 1]
    if ((next ?? until) - at < longerThanMs) return []
    return [{ from: at, over: next !== undefined }]
  })
}

export const MISSING = 'was not told'

/** The difference between what had to be told and what was told, one line each; nothing when they are equal. */
export function difference(expected: readonly Telling[], sent: readonly Telling[]): readonly string[] {
  const lines: string[] = []
  const left = sent.map(lineOf)
  for (const line of expected.map(lineOf)) {
    const at = left.indexOf(line)
    if (at === -1) lines.push(`${MISSING}: ${line}`)
    else left.splice(at, 1)
  }
  return [...lines, ...left.map((line) => `should not have been told: ${line}`)]
}

export const lineOf = ({ channel, title }: Telling): string => `${channel}: ${title}`

/**
 * What Slack had to be told while it was dead (as the receiver of one's own shows), it is not told any more: others are, and were.
 * That it is dead is told by any other channel.
 */
export function withoutDead(
  expected: readonly Telling[],
  audited: readonly Arrived[],
  gone: readonly { readonly from: number; readonly until: number }[],
): readonly Telling[] {
  const left = [...expected]
  for (const { channel, title, at } of audited) {
    if (channel !== 'audit' || isOfChannel(title)) continue
    if (!gone.some(({ from, until }) => at >= from && at <= until)) continue
    const index = left.findIndex((one) => one.channel === 'ops' && one.title === title)
    if (index !== -1) left.splice(index, 1)
  }
  return left
}

/** Whichever channel tells of another one: it counts as told by `audit`. */
export const byWhomever = <T extends Telling>(telling: T): T =>
  isOfChannel(telling.title) ? { ...telling, channel: 'audit' } : telling

const isOfChannel = (title: string): boolean => / channel ops$/.test(title) && !title.startsWith('INFO')
