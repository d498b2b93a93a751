import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SyncError } from '../core/model/failure.ts'
import type { SecretSource } from '../transfer/host/guard.ts'

/** `secrets:` of temporal.yaml: where each comes from (`env:`, `file:`, `exec:`), and where it may go. */
export type SecretDeclarations = Readonly<
  Record<string, { readonly from: string; readonly to?: readonly string[] | undefined }>
>

/** Reads a secret when it is first used and keeps it in memory only. */
export function secretSource(
  declarations: SecretDeclarations,
  folder: string,
  environment: NodeJS.ProcessEnv,
): SecretSource {
  const values = new Map<string, string>()
  const read = (name: string): string => {
    const declared = declarations[name]
    if (declared === undefined)
      throw missing(name, `"${name}" is not declared under secrets: in temporal.yaml.`)
    const colon = declared.from.indexOf(':')
    const kind = declared.from.slice(0, colon)
    const where = declared.from.slice(colon + 1)
    if (kind === 'env') {
      const value = environment[where]
      if (value === undefined || value === '')
        throw missing(
          name,
          `The environment variable ${where} is not set; the secret "${name}" comes from it.`,
        )
      return value
    }
    try {
      if (kind === 'file') return readFileSync(resolve(folder, where), 'utf8').trim()
      // `exec:` is written by whoever owns temporal.yaml: a shell splits it as they would expect.
      return execFileSync('/bin/sh', ['-c', where], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 30_000,
      }).trim()
    } catch {
      throw missing(
        name,
        `The secret "${name}" could not be read from ${kind}:${kind === 'file' ? where : '…'}.`,
      )
    }
  }
  const again = async (name: string): Promise<string> => {
    const value = read(name)
    values.set(name, value)
    return value
  }
  return {
    value: async (name) => values.get(name) ?? again(name),
    again,
    hosts: (name) => declarations[name]?.to ?? [],
  }
}

function missing(name: string, message: string): SyncError {
  return new SyncError('scope-violation', message, { maybeSent: false, fields: { secret: name } })
}
