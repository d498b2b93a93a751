import type { Exchange } from '../../core/model/connector.ts'
import { withoutSecrets } from '../../core/parse/secret-looks.ts'

/** So much of a request, and so much of an answer, is kept of a record; in characters. */
export const LONGEST_EXCERPT = 2_000

/** Of what was sent and what came back as much as is kept, without a secret. `conceal` takes out those that the connection carries. */
export function excerptOf(exchange: Exchange, conceal: (text: string) => string): Exchange {
  return { request: excerpt(exchange.request, conceal), response: excerpt(exchange.response, conceal) }
}

function excerpt(text: string, conceal: (text: string) => string): string {
  // Before it is cut, so that no half of a secret is left.
  const concealed = conceal(text)
  const shown = withoutSecrets(concealed.slice(0, 2 * LONGEST_EXCERPT))
  if (concealed.length <= LONGEST_EXCERPT) return shown
  const mark = `… (cut: of ${text.length} characters)`
  return `${shown.slice(0, LONGEST_EXCERPT - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`
}
