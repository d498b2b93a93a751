import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Output } from './output.ts'

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, couldNotRun: 2 } as const

export interface OptionSpec {
  readonly type: 'boolean' | 'string'
  readonly help: string
  /** One letter that stands for it. */
  readonly short?: string
  /** What stands for the value in the help: `KEY`. */
  readonly value?: string
  /** It may be given several times; its values come as a list. */
  readonly multiple?: true
}

/** What is known of a command without loading it. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  load(): Promise<Command>
}

/** One command. `run` gives the exit code. */
export interface Command {
  /** Positional arguments as shown: `[FOLDER]`. */
  readonly positionals: string
  readonly options: Readonly<Record<string, OptionSpec>>
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** Exit codes beyond the common ones. */
  readonly exits?: readonly string[]
  run(invocation: Invocation): Promise<number>
}

export interface Invocation {
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly output: Output
  readonly environment: NodeJS.ProcessEnv
  readonly cwd: string
  /** Aborted on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  env: { type: 'string', value: 'NAME', help: 'environment of temporal.yaml (default: default)' },
  folder: {
    type: 'string',
    value: 'PATH',
    help: 'the repository with mappings/ and temporal.yaml (default: here)',
  },
  json: { type: 'boolean', help: 'one line of JSON on stdout, for machines' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
}

/** Thrown for a command line that cannot be understood: exit 2, with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export function parseCommandLine(
  command: Command,
  args: readonly string[],
): Pick<Invocation, 'positionals' | 'options'> {
  const specs = { ...COMMON_OPTIONS, ...command.options }
  const config: ParseArgsConfig = {
    args: [...args],
    allowPositionals: true,
    strict: true,
    options: Object.fromEntries(
      Object.entries(specs).map(([name, { type, short, multiple }]) => [
        name,
        { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
      ]),
    ),
  }
  try {
    const { values, positionals } = parseArgs(config)
    return { positionals, options: values as Invocation['options'] }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0]! : String(error))
  }
}

export function helpOf({ name, summary }: CommandEntry, command: Command): string {
  const specs = { ...command.options, ...COMMON_OPTIONS }
  const flags = Object.entries(specs).map(
    ([name, spec]) =>
      [
        `${spec.short === undefined ? '' : `-${spec.short}, `}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`,
        spec.help,
      ] as const,
  )
  const width = Math.max(...flags.map(([flag]) => flag.length))
  return [
    `tidelock ${name}${command.positionals === '' ? '' : ` ${command.positionals}`}`,
    `  ${summary}`,
    '',
    'Options',
    ...flags.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
    '',
    command.examples.length === 1 ? 'Example' : 'Examples',
    ...command.examples.flatMap(([example, meaning]) => [`  ${example}`, `      ${meaning}`]),
    '',
    'Exit codes',
    '  0  done',
    '  1  done, and something is wrong (said on stderr)',
    '  2  could not run',
    ...(command.exits ?? []).map((line) => `  ${line}`),
    '',
  ].join('\n')
}
