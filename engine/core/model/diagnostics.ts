import type { CodeArea, DiagnosticEntry } from './diagnostics/entry.ts'
import { EXPRESSION_DIAGNOSTICS } from './diagnostics/expressions.ts'
import { FILE_DIAGNOSTICS } from './diagnostics/files.ts'
import { MAPPING_DIAGNOSTICS } from './diagnostics/mappings.ts'
import { REPOSITORY_DIAGNOSTICS } from './diagnostics/repository.ts'
import { YAML_DIAGNOSTICS } from './diagnostics/yaml.ts'

/** Every fault the checker tells, by code: what it means, why it matters, how it is mended, and an example that is run as a test. */
export const DIAGNOSTICS = {
  ...YAML_DIAGNOSTICS,
  ...FILE_DIAGNOSTICS,
  ...REPOSITORY_DIAGNOSTICS,
  ...EXPRESSION_DIAGNOSTICS,
  ...MAPPING_DIAGNOSTICS,
}

export type Code = keyof typeof DIAGNOSTICS

export function isCode(text: string): text is Code {
  return Object.hasOwn(DIAGNOSTICS, text)
}

export function entryOf(code: Code): DiagnosticEntry {
  return DIAGNOSTICS[code]
}

export function areaOf(code: Code): CodeArea {
  return DIAGNOSTICS[code].area
}
