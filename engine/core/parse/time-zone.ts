const known = new Map<string, boolean>()

/** Whether this is a zone of the IANA time zone database, such as Europe/Brussels. An offset (+01:00) is none: it knows no summer time. */
export function isTimeZone(zone: string): boolean {
  const before = known.get(zone)
  if (before !== undefined) return before
  const found = /^[A-Za-z]/.test(zone) && isFound(zone)
  known.set(zone, found)
  return found
}

function isFound(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
