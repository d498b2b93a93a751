import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { type Invocation, UsageError } from '../command.ts'
import type { Edits } from './correction.ts'

/** What `--set` and `--edit` say. Throws `UsageError` where neither is given, or what is given cannot be read. */
export function editsOf({ options, cwd }: Invocation): Edits {
  const set = options['set'] as readonly string[] | undefined
  const edit = options['edit']
  if (set === undefined && typeof edit !== 'string')
    throw new UsageError('correct needs --set path=value, or --edit with a file or JSON')
  return { set: set ?? [], edited: typeof edit === 'string' ? jsonOf(edit, cwd) : null }
}

function jsonOf(edit: string, cwd: string): JsonObject {
  const isText = edit.trimStart().startsWith('{')
  let text = edit
  try {
    if (!isText) text = readFileSync(edit === '-' ? 0 : resolve(cwd, edit), 'utf8')
  } catch (error) {
    throw new UsageError(`${edit} could not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch (error) {
    throw new UsageError(`${isText ? '--edit' : edit} is no JSON: ${(error as Error).message}`)
  }
  if (!isJsonObject(value))
    throw new UsageError('--edit takes an object: a copy of the record, or values by path')
  // A copy of what `show --json` gives holds the record itself deeper.
  const { payload } = value
  return isJsonObject(payload) && isJsonObject(payload['data']) && 'mapping' in value
    ? payload['data']
    : value
}
