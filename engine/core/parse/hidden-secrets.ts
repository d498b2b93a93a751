import type { Diagnostic } from '../model/diagnostic.ts'
import { looksLikeSecret, unreadable, withoutSecrets } from './secret-looks.ts'

/** A fault that says nothing of what looks like a secret. A fix that would write one is left out. */
export function hideSecrets(diagnostic: Diagnostic): Diagnostic {
  const { fix, ...rest } = diagnostic
  const tellsIt = fix?.edits.some(({ text }) => withoutSecrets(text) !== text || looksLikeSecret(text))
  return {
    ...rest,
    message: withoutSecrets(rest.message),
    hint: rest.hint === null ? null : withoutSecrets(rest.hint),
    ...(rest.related === undefined
      ? {}
      : {
          related: rest.related.map((other) => ({ ...other, message: withoutSecrets(other.message) })),
        }),
    ...(fix === undefined || tellsIt === true ? {} : { fix: { ...fix, title: withoutSecrets(fix.title) } }),
  }
}

/** The lines of a file as they can be shown: what faults mark as secret, and what looks like one, unreadable and as wide as before. */
export function shownLines(
  file: string,
  text: string,
  diagnostics: readonly Diagnostic[],
): readonly string[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  for (const { file: where, line, column, endLine = line, endColumn = column, code, secret } of diagnostics) {
    if (where !== file || (code !== 'secret-literal' && secret !== true)) continue
    for (let at = line; at <= Math.min(endLine, lines.length); at++) {
      const source = lines[at - 1]!
      const from = at === line ? column - 1 : 0
      const to = at === endLine ? endColumn - 1 : source.length
      const hidden = source.slice(from, to)
      const shown = at === line ? unreadable(hidden) : hidden.replace(/\S/g, '•')
      lines[at - 1] = source.slice(0, from) + shown + source.slice(to)
    }
  }
  const hasCredentials = /^(connection|channels|project):/m.test(text)
  return lines.map((line) => withoutSecrets(hasCredentials ? withoutCredentials(line) : line))
}

/** A value behind a key that names a credential, however the key or the YAML around it is wrong; a block may stand there. */
const CREDENTIAL =
  /((?:pass(?:word|wd|phrase)?|token|api[-_]?key)["']?\s*:\s+)("[^"]*"?|'[^']*'?|[^\s,{}[\]#"'][^\s,{}[\]#]*)/gi

function withoutCredentials(line: string): string {
  return line.replace(CREDENTIAL, (_all, key: string, value: string) => key + unreadable(value))
}
