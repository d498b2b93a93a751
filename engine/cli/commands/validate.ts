import { existsSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { type Diagnostic, hasErrors } from '../../core/model/diagnostic.ts'
import { type Command, EXIT, type Invocation, UsageError } from '../command.ts'
import { showChanges } from '../diagnostics/changes.ts'
import { VERSION } from '../diagnostics/docs.ts'
import { type Fixed, fixTexts } from '../diagnostics/fix.ts'
import { githubCommand } from '../diagnostics/github.ts'
import { showDiagnostics } from '../diagnostics/human.ts'
import { jsonOf } from '../diagnostics/json.ts'
import { explanationOf } from '../diagnostics/page.ts'
import { sarifOf } from '../diagnostics/sarif.ts'
import { writeTexts } from '../diagnostics/write.ts'
import { counted, type Output } from '../output.ts'
import { repositoryAbove } from '../repository-files.ts'
import { watching } from '../watching.ts'
import { checkAgain, openWorkspace, type Workspace } from '../workspace.ts'

const FORMATS = ['human', 'json', 'sarif', 'github'] as const
type Format = (typeof FORMATS)[number]

export const validate: Command = {
  positionals: '[FOLDER | FILE]',
  options: {
    fix: { type: 'boolean', help: 'mend what can be mended without changing what a file says' },
    unsafe: { type: 'boolean', help: 'with --fix: take the nearest known name too, where one is close' },
    dry: { type: 'boolean', help: 'with --fix: show what would be written, and write nothing' },
    watch: { type: 'boolean', help: 'again whenever a file changes' },
    format: {
      type: 'string',
      value: 'FORMAT',
      help: 'human, json (as --json), sarif (2.1.0), github (annotations; beside human output where GITHUB_ACTIONS=true)',
    },
    explain: { type: 'string', value: 'CODE', help: 'what a fault means, why it matters and how to mend it' },
  },
  examples: [
    ['tidelock validate', 'checks the repository you stand in'],
    [
      'tidelock validate mappings/shopify-orders.yaml',
      'checks all of it, and shows what is wrong with this file',
    ],
    [
      'tidelock validate ../acme --json',
      'one JSON array of {code, severity, file, line, column, endLine, endColumn, message, hint, related, fix, docs}',
    ],
    ['tidelock validate --fix --dry', 'shows what --fix would write'],
    ['tidelock validate --explain unknown-field', 'what the fault means, with an example'],
    ['tidelock validate --format sarif > tidelock.sarif', 'for code scanning'],
  ],
  async run(invocation) {
    const { options, output } = invocation
    refuseContradictions(invocation)
    if (typeof options['explain'] === 'string') return explain(options['explain'], output)
    const format = formatOf(invocation)
    for (const name of ['unsafe', 'dry'])
      if (options[name] === true && options['fix'] !== true)
        throw new UsageError(`--${name} says how --fix works`)
    const target = targetOf(invocation)
    if (options['watch'] !== true) return once(target, invocation, format)
    await watching({ ...invocation, options: { ...options, folder: target.folder } }, () => {
      once(target, invocation, format)
    })
    return EXIT.ok
  },
}

function refuseContradictions({ positionals, options }: Invocation): void {
  if (positionals.length > 1) throw new UsageError('validate takes one folder or file')
  if (positionals.length > 0 && options['folder'] !== undefined)
    throw new UsageError('The folder is named twice: as FOLDER and with --folder')
  const others = Object.keys(options).filter((name) => name !== 'explain' && name !== 'json')
  if (options['explain'] !== undefined && (others.length > 0 || positionals.length > 0))
    throw new UsageError('--explain CODE goes with --json only')
}

interface Target {
  readonly folder: string
  /** Null: all files are shown. */
  readonly file: string | null
}

/** The repository that is meant, and the one file of it if a file was named. */
function targetOf({ positionals, options, cwd }: Invocation): Target {
  const path = resolve(cwd, positionals[0] ?? String(options['folder'] ?? cwd))
  const folder = repositoryAbove(path)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    return { folder: existsSync(path) ? (folder ?? path) : path, file: null }
  if (folder === null) throw new UsageError(`No folder above ${path} has mappings/ or temporal.yaml`)
  return { folder, file: relative(folder, path).replaceAll('\\', '/') }
}

function explain(code: string, output: Output): number {
  const text = explanationOf(code)
  output.data({ code, text })
  output.line(text)
  return EXIT.ok
}

function formatOf({ options, output }: Invocation): Format {
  const asked = options['format'] ?? (output.json ? 'json' : 'human')
  const format = FORMATS.find((known) => known === asked)
  if (format === undefined) throw new UsageError(`--format is one of: ${FORMATS.join(', ')}`)
  if (output.json && format !== 'json') throw new UsageError('--json and --format exclude one another')
  return format
}

function once({ folder, file }: Target, invocation: Invocation, format: Format): number {
  const { options, output, environment } = invocation
  const read = openWorkspace(folder, String(options['env'] ?? 'default'))
  const isMeant = (diagnostic: Diagnostic) => file === null || diagnostic.file === file
  if (file !== null && !read.texts.has(file) && !read.unread.some(isMeant))
    throw new UsageError(`${file} is neither temporal.yaml nor a YAML file below mappings/`)
  const fixed = options['fix'] === true ? fix(read, isMeant, invocation, format) : null
  const checked = fixed === null || options['dry'] === true ? read : checkAgain(read, fixed.texts)
  const diagnostics = checked.diagnostics.filter(isMeant)
  const workspace = { ...checked, diagnostics }
  switch (format) {
    case 'json':
      output.print(
        JSON.stringify([
          ...(options['dry'] === true ? [] : (fixed?.mended ?? [])).map((diagnostic) => ({
            ...jsonOf(diagnostic),
            fixed: true,
          })),
          ...diagnostics.map((diagnostic) => ({ ...jsonOf(diagnostic), fixed: false })),
        ]),
      )
      break
    case 'sarif':
      output.print(JSON.stringify(sarifOf(diagnostics, VERSION), null, 2))
      break
    default: {
      if (format === 'human') showDiagnostics(workspace, output)
      const inActions = options['format'] === undefined && environment['GITHUB_ACTIONS'] === 'true'
      if (format === 'github' || inActions)
        for (const diagnostic of diagnostics) output.print(githubCommand(diagnostic))
    }
  }
  return hasErrors(diagnostics) ? EXIT.failed : EXIT.ok
}

/** Mends, and says what it did: on stdout for people, on stderr beside what machines read. */
function fix(
  workspace: Workspace,
  isMeant: (diagnostic: Diagnostic) => boolean,
  { options, output }: Invocation,
  format: Format,
): Fixed {
  const check = (texts: Workspace['texts']) => checkAgain(workspace, texts).diagnostics.filter(isMeant)
  const fixed = fixTexts(workspace.texts, check, { unsafe: options['unsafe'] === true })
  const dry = options['dry'] === true
  if (!dry) writeTexts(workspace.folder, workspace.texts, fixed.texts)
  const say = format === 'human' ? (text: string) => output.line(text) : output.note
  for (const { file, line, code, fix } of fixed.mended) say(`${file}:${line} ${code}: ${fix!.title}`)
  if (fixed.mended.length === 0) return fixed
  const files = new Set(fixed.mended.map(({ file }) => file)).size
  const done = dry ? 'would be mended; nothing was written' : 'mended'
  say(`${counted(fixed.mended.length, 'fault')} in ${counted(files, 'file')} ${done}.`)
  if (dry && format === 'human') showChanges(workspace.texts, fixed.texts, output)
  return fixed
}
