/**
 * Moments as PostgreSQL keeps them: `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. RPC shows whole seconds, cut off, not rounded
 * (observed on 18.0 and 19.0).
 */
export function stampOf(epochMs: number, micros = 0): string {
  const text = new Date(epochMs).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 23)}${String(micros).padStart(3, '0')}`
}

/** The moment of a stamp, in milliseconds of the epoch. */
export const timeOf = (stamp: string): number => Date.parse(`${stamp.slice(0, 23).replace(' ', 'T')}Z`)

export const wholeSecond = (stamp: string): string => stamp.slice(0, 19)

/** Stamps that never repeat: two transactions within a millisecond differ by microseconds. */
export function createClock(now: () => number): () => string {
  let last = ''
  return () => {
    let micros = 0
    const ms = now()
    let stamp = stampOf(ms, micros)
    if (last.slice(0, 23) === stamp.slice(0, 23)) {
      micros = Math.min(999, Number(last.slice(23)) + 1)
      stamp = stampOf(ms, micros)
    }
    last = stamp
    return stamp
  }
}

/** A wall clock time of a zone as UTC, both `YYYY-MM-DD HH:MM:SS`. */
export function utcOf(local: string, zone: string): string {
  const wall = Date.parse(`${local.replace(' ', 'T')}Z`)
  let utc = wall
  for (let pass = 0; pass < 2; pass++) utc = wall - offsetMs(utc, zone)
  return wholeSecond(stampOf(utc))
}

function offsetMs(epochMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(epochMs)
  const part = (type: string) => Number(parts.find((one) => one.type === type)!.value)
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return wall - Math.floor(epochMs / 1000) * 1000
}
