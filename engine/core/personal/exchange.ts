import type { Exchange } from '../model/connector.ts'
import { formsOf, maskText } from './mask.ts'

/** As much of a value is recognised where a text is cut. */
const HEAD = 4

/** Which of these personal values may stand in what was sent or came back, whole or cut short: those whose beginnings do. */
export function personalIn({ request, response }: Exchange, values: readonly string[]): readonly string[] {
  const text = folded(`${request}\n${response}`)
  const stands = (form: string) => text.includes(folded(form).slice(0, HEAD).split(/\s/)[0]!)
  return [...new Set(values)].filter((value) => formsOf(value).some(stands))
}

/** What was sent and came back as anybody may see it: `values` masked in it. */
export function maskExchange({ request, response }: Exchange, values: readonly string[]): Exchange {
  return { request: maskText(request, values), response: maskText(response, values) }
}

function folded(text: string): string {
  return text.toUpperCase().toLowerCase()
}
