import { didYouMean } from '../../core/expression/nearest.ts'
import { DIAGNOSTICS, entryOf, isCode } from '../../core/model/diagnostics.ts'
import { diagnosticText } from '../../core/model/diagnostics-page.ts'
import { UsageError } from '../command.ts'

/** The page of a code as a terminal shows it. */
export function explanationOf(code: string): string {
  if (!isCode(code)) {
    const near = didYouMean(code, Object.keys(DIAGNOSTICS))?.hint
    throw new UsageError(`"${code}" is not a code of a fault. ${near ?? 'docs/diagnostics lists them'}`)
  }
  const text = diagnosticText(entryOf(code)).replaceAll('**', '')
  const lines = text.trimEnd().split('\n')
  let inside = false
  const shown = lines.flatMap((line) => {
    if (line === '```') {
      inside = !inside
      return []
    }
    return [inside ? `    ${line}` : line]
  })
  return [code, '', ...shown].join('\n')
}
