import { nearest } from '../../expression/nearest.ts'
import { isJsonObject, type JsonValue } from '../../model/json.ts'
import type { ParsedDocument, Path } from '../document.ts'
import { looksLikeSecret, SECRET_LITERAL } from '../secret-looks.ts'
import { leavesOf, nearOrAll, type Rule } from './rule.ts'

export const secretsAreDeclared: Rule = ({ repository, settingsAreSound, allAreSound, add }) => {
  if (!settingsAreSound) return
  const { project, channels } = repository
  const declared = Object.keys(project.secrets)
  const used = new Set<string>()
  let isMisspelt = false
  const check = (document: ParsedDocument, value: unknown, path: Path, leavesTheHouse: boolean) => {
    for (const [name, where] of secretsIn(value as JsonValue, path)) {
      // One that is misspelt where it is used is not to be removed where it is declared.
      used.add(nearest(name, declared) ?? name)
      const declaration = Object.hasOwn(project.secrets, name) ? project.secrets[name] : undefined
      // One that is misspelt is not unused as well.
      const meant = declaration === undefined ? nearest(name, declared) : null
      if (meant !== null) used.add(meant)
      if (declaration === undefined) isMisspelt = true
      if (declaration === undefined)
        add(document, where, {
          code: 'undeclared-secret',
          message: `The secret "${name}" is not declared in temporal.yaml.`,
          hint: nearOrAll(name, declared) ?? 'Declare it under secrets: with from and to.',
        })
      else if (leavesTheHouse && (declaration.to ?? []).length === 0)
        add(project.document, ['secrets', name], {
          code: 'secret-without-hosts',
          message: `The secret "${name}" is sent to a remote system and does not say to which.`,
          hint: 'Add to: [host].',
          of: 'key',
        })
    }
  }
  for (const { document, value } of Object.values(repository.connections)) check(document, value, [], true)
  if (channels !== null) check(channels.document, channels.value, [], true)
  for (const [name, { connections, ...ours }] of Object.entries(project.environments)) {
    check(project.document, ours, ['environments', name], false)
    check(project.document, connections ?? {}, ['environments', name, 'connections'], true)
  }
  for (const name of declared) {
    // Of one that is not declared nobody knows which was meant.
    if (used.has(name) || isMisspelt || !allAreSound) continue
    add(project.document, ['secrets', name], {
      code: 'unused-secret',
      message: `No connection, channel or environment uses the secret "${name}".`,
      hint: 'Remove it, or use it.',
      severity: 'warning',
      of: 'key',
    })
  }
}

/** The names of secrets below a value, each with its path. */
export function* secretsIn(value: JsonValue, path: Path): Iterable<readonly [string, Path]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* secretsIn(item, [...path, index])
  } else if (isJsonObject(value)) {
    const names = Object.keys(value)
    if (names.length === 1 && typeof value['secret'] === 'string')
      yield [value['secret'], [...path, 'secret']]
    else for (const name of names) yield* secretsIn(value[name]!, [...path, name])
  }
}

export const noSecretLiterals: Rule = ({ repository, add }) => {
  const { project, channels } = repository
  const all = [
    ...Object.values(repository.connections),
    ...Object.values(repository.mappings),
    ...(channels === null ? [] : [channels]),
    { document: project.document, value: project.document.value },
  ]
  for (const { document, value } of all) {
    for (const [leaf, path] of leavesOf(value)) {
      if (typeof leaf !== 'string' || !looksLikeSecret(leaf)) continue
      add(document, path, SECRET_LITERAL)
    }
  }
}
