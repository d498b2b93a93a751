import type { Diagnostic, Place, Stretch } from '../../core/model/diagnostic.ts'
import { type Code, entryOf } from '../../core/model/diagnostics.ts'
import { visible } from '../../core/parse/format.ts'
import { docsOf } from './docs.ts'
import { pageOf } from './page.ts'

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const

/** Faults as SARIF 2.1.0, which code scanning services take. Rules are those that were broken. */
export function sarifOf(diagnostics: readonly Diagnostic[], version: string): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort()
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tidelock', semanticVersion: version, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { REPOSITORY: { description: { text: 'The folder that was checked.' } } },
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, codes.indexOf(diagnostic.code))),
      },
    ],
  }
}

function ruleOf(code: Code): object {
  const entry = entryOf(code)
  return {
    id: code,
    shortDescription: { text: entry.title },
    fullDescription: { text: entry.why },
    help: { text: entry.mend, markdown: pageOf(code) },
    helpUri: docsOf(code),
    defaultConfiguration: { level: LEVELS[entry.severity] },
  }
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number): object {
  const { code, severity, message, hint, related, fix } = diagnostic
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: visible(hint === null ? message : `${message} ${hint}`) },
    locations: [{ physicalLocation: locationOf(diagnostic) }],
    ...(related === undefined
      ? {}
      : {
          relatedLocations: related.map((other, id) => ({
            id,
            message: { text: visible(other.message) },
            physicalLocation: locationOf(other),
          })),
        }),
    ...(fix === undefined
      ? {}
      : { fixes: [{ description: { text: visible(fix.title) }, artifactChanges: changesOf(fix.edits) }] }),
  }
}

function changesOf(edits: NonNullable<Diagnostic['fix']>['edits']): readonly object[] {
  return [...Map.groupBy(edits, ({ file }) => file)].map(([file, changes]) => ({
    artifactLocation: artifactOf(file),
    replacements: changes.map((edit) => ({
      deletedRegion: regionOf(edit),
      insertedContent: { text: edit.text },
    })),
  }))
}

function locationOf(place: Place & Partial<Pick<Stretch, 'endLine' | 'endColumn'>>): object {
  return { artifactLocation: artifactOf(place.file), region: regionOf(place) }
}

function artifactOf(file: string): object {
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'REPOSITORY' }
}

function regionOf({
  line,
  column,
  endLine = line,
  endColumn = column,
}: Place & Partial<Pick<Stretch, 'endLine' | 'endColumn'>>): object {
  return { startLine: line, startColumn: column, endLine, endColumn }
}
