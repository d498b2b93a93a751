import type { ParsedDocument, Path } from '../document.ts'
import { applyEnvironment } from '../environment.ts'
import { shapeFaults } from '../shape.ts'
import type { Places } from '../shape-messages.ts'
import { nearOrAll, type Rule } from './rule.ts'

export const defaultEnvironmentExists: Rule = ({ repository: { project }, settingsAreSound, add }) => {
  if (!settingsAreSound || Object.hasOwn(project.environments, 'default')) return
  add(project.document, ['environments'], {
    code: 'missing-environment',
    message: 'There is no environment "default", which every command uses without --env.',
    hint: `Rename one of: ${Object.keys(project.environments).join(', ')}.`,
    of: 'key',
  })
}

/** What an environment overrides is there, and the result is still a connection of its kind. */
export const overridesFit: Rule = ({ repository, known, connectionNames, add, tell }) => {
  const { project, connections } = repository
  const names = [...new Set([...Object.keys(connections), ...connectionNames])]
  for (const [environment, { connections: overrides }] of Object.entries(project.environments)) {
    const applied = applyEnvironment(repository, environment)
    for (const name of Object.keys(overrides ?? {})) {
      const where: Path = ['environments', environment, 'connections', name]
      if (!names.includes(name))
        add(project.document, where, {
          code: 'unknown-connection',
          message: `There is no connection "${name}" to override.`,
          hint: nearOrAll(name, names),
          of: 'key',
        })
      const base = connections[name]
      const schema = base === undefined ? undefined : known.connectors[base.value.connector]
      const merged = applied?.connections[name]
      if (base === undefined || schema === undefined || merged === undefined) continue
      const part = (from: typeof merged) => ({ settings: from['settings'] ?? {}, auth: from['auth'] ?? {} })
      if (shapeFaults(base.document, schema, part(base.value as unknown as typeof merged)).length > 0)
        continue
      for (const fault of shapeFaults(within(project.document, where), schema, part(merged))) tell(fault)
    }
  }
}

/** The places of a block inside a file, as though the block were the file. */
function within(document: ParsedDocument, where: Path): Places {
  return {
    placeOf: (path) => document.placeOf([...where, ...path]),
    placeOfKey: (path) => document.placeOfKey([...where, ...path]),
    rawOf: (path) => document.rawOf([...where, ...path]),
    replacing: (path, text, of) => document.replacing([...where, ...path], text, of),
  }
}
