const FIELDS = [
  { name: 'minute', low: 0, high: 59, names: [] },
  { name: 'hour', low: 0, high: 23, names: [] },
  { name: 'day', low: 1, high: 31, names: [] },
  { name: 'month', low: 1, high: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  { name: 'weekday', low: 0, high: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
] as const

/** What is wrong with a cron line of five fields (minute, hour, day, month, weekday); null when nothing is. */
export function cronFault(text: string): string | null {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== FIELDS.length)
    return `It has ${parts.length} field${parts.length === 1 ? '' : 's'} instead of five.`
  for (const [index, field] of FIELDS.entries()) {
    for (const part of parts[index]!.split(',')) {
      if (!isCronPart(part, field)) return `The ${field.name} cannot be "${part}".`
    }
  }
  return null
}

function isCronPart(part: string, field: (typeof FIELDS)[number]): boolean {
  const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part)
  if (match === null) return false
  const [, from, to, step] = match
  if (step !== undefined && Number(step) === 0) return false
  const first = from === undefined ? field.low : numberOf(from, field)
  const last = to === undefined ? first : numberOf(to, field)
  return first !== null && last !== null && first <= last
}

function numberOf(text: string, { low, high, names }: (typeof FIELDS)[number]): number | null {
  const named = (names as readonly string[]).indexOf(text.toUpperCase())
  const number = named >= 0 ? named + low : /^\d+$/.test(text) ? Number(text) : null
  return number !== null && number >= low && number <= high ? number : null
}
