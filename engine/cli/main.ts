import { didYouMean } from '../core/expression/nearest.ts'
import { SyncError } from '../core/model/failure.ts'
import { EXIT, helpOf, parseCommandLine, UsageError } from './command.ts'
import { COMMANDS } from './commands.ts'
import { createOutput } from './output.ts'

function usage(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length))
  return [
    'tidelock: keeps Odoo in step with the systems around it',
    '',
    'Commands',
    ...COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'tidelock COMMAND --help shows a command with an example.',
    '',
  ].join('\n')
}

/** Runs one command line; gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  const output = createOutput(rest.includes('--json'), process, process.env)
  if (name === undefined || name === '--help' || name === 'help' || name === '-h') {
    process.stdout.write(usage())
    return name === undefined ? EXIT.couldNotRun : EXIT.ok
  }
  const entry = COMMANDS.find((candidate) => candidate.name === name)
  if (entry === undefined) {
    const near = didYouMean(
      name,
      COMMANDS.map((candidate) => candidate.name),
    )
    output.error(`"${name}" is not a command. ${near?.hint ?? 'tidelock --help lists them.'}`)
    return EXIT.couldNotRun
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error(signal)))
  const command = await entry.load()
  try {
    const { positionals, options } = parseCommandLine(command, rest)
    if (options['help'] === true) {
      process.stdout.write(helpOf(entry, command))
      return EXIT.ok
    }
    return await command.run({
      positionals,
      options,
      output,
      environment: process.env,
      cwd: process.cwd(),
      signal: stop.signal,
    })
  } catch (error) {
    if (error instanceof UsageError) {
      output.error(
        `${error.message.replace(/[^.?!]$/, '$&.')} tidelock ${entry.name} --help shows how it is used.`,
      )
      return EXIT.couldNotRun
    }
    if (error instanceof SyncError) {
      output.error(error.message)
      return EXIT.couldNotRun
    }
    if (stop.signal.aborted) return EXIT.couldNotRun
    output.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return EXIT.couldNotRun
  }
}

process.exitCode = await main(process.argv.slice(2))
