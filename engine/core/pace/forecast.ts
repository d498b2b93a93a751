import { dateText, dayOf } from '../expression/time.ts'

/** The last days a forecast looks at. */
const DAYS = 7
const DAY_MS = 86_400_000

/**
 * What a month (`2026-11`) comes to at its end: what it has, and for the rest of it the mean of the last whole days, of this month and the
 * one before; on the very first day of all, what that day has so far. `amounts` by UTC day.
 */
export function forecastOfMonth(
  month: string,
  amounts: readonly { readonly day: string; readonly amount: number }[],
  now: number,
): number {
  const today = Math.floor(now / DAY_MS)
  const soFar = sum(amounts.filter(({ day }) => day.startsWith(month)))
  const end = firstOfNext(month)
  if (today >= end) return soFar
  const known = amounts.map(({ day }) => dayOf(day)!)
  const first = known.length === 0 ? today : Math.max(Math.min(...known), today - DAYS)
  const passed = (now - today * DAY_MS) / DAY_MS
  const whole = today - first
  const mean =
    whole > 0
      ? sum(amounts.filter(({ day }) => dayOf(day)! >= first && dayOf(day)! < today)) / whole
      : passed > 0
        ? sum(amounts.filter(({ day }) => dayOf(day) === today)) / passed
        : 0
  const begin = Math.max(today, dayOf(`${month}-01`)!)
  const left = end - begin - (begin === today ? passed : 0)
  return soFar + mean * left
}

function firstOfNext(month: string): number {
  return dayOf(`${dateText(dayOf(`${month}-01`)! + 31).slice(0, 7)}-01`)!
}

function sum(amounts: readonly { readonly amount: number }[]): number {
  return amounts.reduce((total, { amount }) => total + amount, 0)
}
