import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean } from '../../core/expression/nearest.ts'
import { type Code, DIAGNOSTICS, entryOf, isCode } from '../../core/model/diagnostics.ts'
import { diagnosticText } from '../../core/model/diagnostics-page.ts'
import { UsageError } from '../command.ts'
import { packageFolder } from '../recorded-files.ts'

/** The page of a code in Markdown, its example in whole lines of the mappings that come with the package. */
export function pageOf(code: Code): string {
  const entry = entryOf(code)
  const { file } = entry.example
  const path = join(packageFolder(), file)
  return diagnosticText(entry, existsSync(path) ? { [file]: readFileSync(path, 'utf8') } : {})
}

/** The page of a code as a terminal shows it. */
export function explanationOf(code: string): string {
  if (!isCode(code)) {
    const near = didYouMean(code, Object.keys(DIAGNOSTICS))?.hint
    throw new UsageError(`"${code}" is not a code of a fault. ${near ?? 'docs/diagnostics lists them'}`)
  }
  const text = pageOf(code).replaceAll('**', '')
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
