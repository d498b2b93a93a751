import { resolve } from 'node:path'
import { hashOf } from '../../core/transform/fingerprint.ts'
import { backUp, restore } from '../../store/backup.ts'
import { checkStore } from '../../store/check/check.ts'
import type { TableCounts } from '../../store/counts.ts'
import { bringUp, missingSteps } from '../../store/migrations/migrate.ts'
import { reseal } from '../../store/sealed.ts'
import { type Command, EXIT, type Invocation, UsageError } from '../command.ts'
import { table } from '../output.ts'
import type { Session } from '../session.ts'
import { withSession } from '../with-session.ts'

export const store: Command = {
  positionals: 'check|backup|restore|migrate|reseal [FILE]',
  options: {
    dry: { type: 'boolean', help: 'with migrate: say what it would do' },
  },
  examples: [
    ['tidelock store check', 'whether all it holds is whole and adds up; changes nothing'],
    [
      'tidelock store backup before.db',
      'a copy as of now, while workers work; a SQLite file whatever the store is',
    ],
    [
      'tidelock store restore before.db --env production',
      'fills an empty store: after a loss, or to move to PostgreSQL',
    ],
    [
      'tidelock store migrate --dry',
      'which steps this version would take; any other command takes them by itself',
    ],
    [
      'tidelock store reseal',
      'seals personal data and credentials with the newest key, so that older ones can go',
    ],
  ],
  exits: ['1  check found something'],
  run: async (invocation) => {
    const [what = '', file] = invocation.positionals
    const work = WORK[what]
    if (work === undefined)
      throw new UsageError(
        what === ''
          ? 'store needs check, backup, restore, migrate or reseal'
          : `"${what}" is neither check, backup, restore, migrate nor reseal`,
      )
    if (what !== 'migrate' && invocation.options['dry'] !== undefined)
      throw new UsageError('--dry goes with migrate')
    const needsFile = what === 'backup' || what === 'restore'
    if (needsFile !== (file !== undefined))
      throw new UsageError(needsFile ? `${what} needs the name of a file` : `${what} takes no file`)
    return withSession(
      invocation,
      ({ session }) => work(invocation, session, resolve(invocation.cwd, file ?? '')),
      // A store that is looked at, or saved before a new version, stays as it is.
      { filesMustBeSound: false, migrate: what === 'restore' || what === 'reseal' },
    )
  },
}

type Work = (invocation: Invocation, session: Session, file: string) => Promise<number>

const WORK: Readonly<Record<string, Work>> = {
  async check({ output }, session) {
    const { findings, rows } = await checkStore(session.store, hashOf)
    output.data({ findings, rows })
    for (const { code, message, hint } of findings) {
      output.line(`${output.style('red', code)} ${message}`)
      output.line(`  ${hint}`)
    }
    if (rows !== null) showRows(output, rows)
    if (findings.length > 0) return EXIT.failed
    output.line(output.style('green', 'Nothing is wrong.'))
    return EXIT.ok
  },

  async backup({ output }, session, file) {
    const rows = await backUp(session.store, file)
    output.data({ file, rows })
    showRows(output, rows)
    output.line(
      `${file} has all of it. tidelock store restore brings it back; it holds records of customers.`,
    )
    return EXIT.ok
  },

  async restore({ output }, session, file) {
    const rows = await restore(session.store, file)
    output.data({ file, rows })
    showRows(output, rows)
    output.line(
      'The store has all that the file has. tidelock apply brings the schedules in line, then start the workers.',
    )
    return EXIT.ok
  },

  async migrate({ options, output }, session) {
    const dry = options['dry'] === true
    const steps = dry
      ? (await missingSteps(session.store)).map(({ name }) => name)
      : await bringUp(session.store)
    output.data({ dry, steps })
    if (steps.length === 0) output.line('The store is at the newest version.')
    for (const step of steps) output.line(`${dry ? 'would take' : 'took'} ${step}`)
    return EXIT.ok
  },

  async reseal({ output }, session) {
    const sealed = await reseal(session.store)
    const key = session.store.sealer.current
    output.data({ key, sealed })
    for (const line of table(['what', 'sealed anew'], Object.entries(sealed))) output.line(line)
    output.line(
      `All that is sealed opens with the key "${key}". Backups made before still need the keys they were made with.`,
    )
    return EXIT.ok
  },
}

function showRows(output: Invocation['output'], rows: TableCounts): void {
  const filled = Object.entries(rows).filter(([name, count]) => count > 0 && name !== 'migration')
  for (const line of table(['table', 'rows'], filled)) output.line(line)
}
