import type { AlertMessage } from '../core/alert/message.ts'

/** On one line, without control characters, at most so long. */
export function oneLine(text: string, most: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return cut(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim(), most)
}

/** At most so long, whole characters, with `…` where something is missing. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const end = text.charCodeAt(most - 2) >> 10 === 0x36 ? most - 2 : most - 1
  return `${text.slice(0, end)}…`
}

/** `CRITICAL shopify-orders: failures: 5 within 1h`. What people see first. */
export function titleOf(message: AlertMessage): string {
  const about = message.mapping === null ? message.rule : `${message.mapping}: ${message.rule}`
  switch (message.change) {
    case 'raised':
      return `${message.severity.toUpperCase()} ${about}`
    case 'escalated':
      return `STILL ${message.severity.toUpperCase()} ${about}`
    case 'recovered':
      return `RECOVERED ${about}`
  }
}

/** `2026-11-24 01:06 UTC`. */
export function instantOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** `#1042, value: no product has the SKU A (mappings/orders.yaml:40)`. */
export function exampleOf({ label, class: kind, message, place }: AlertMessage['examples'][number]): string {
  const what = kind === null ? label : `${label}, ${kind}`
  return oneLine(`${what}: ${message}${place === null ? '' : ` (${place})`}`, 500)
}

/** The facts beside the summary, in the order in which they are shown. */
export function factsOf(message: AlertMessage): readonly (readonly [name: string, value: string])[] {
  return [
    ...(message.mapping === null ? [] : [['Mapping', message.mapping] as const]),
    ['Rule', message.rule],
    [message.change === 'recovered' ? 'Was so since' : 'Since', instantOf(message.since)],
    ...(message.change === 'recovered' ? [['Until', instantOf(message.at)] as const] : []),
    ...(message.count === null
      ? []
      : [[message.kind === 'credentialsEnd' ? 'Days left' : 'How many', String(message.count)] as const]),
    ['Project', message.project],
  ]
}
