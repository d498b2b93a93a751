import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasErrors } from '../../core/model/diagnostic.ts'
import { stopDevServer } from '../../temporal/dev-server/server.ts'
import { prefixText, scheduleId } from '../../temporal/names.ts'
import { startWorker } from '../../temporal/worker.ts'
import { type Command, EXIT, type Invocation, UsageError } from '../command.ts'
import { DEMO_MAPPINGS, prepareDemoFolder } from '../demo/folder.ts'
import { type RunningStandIns, startStandIns } from '../demo/stand-ins.ts'
import { compareTotals, type OrderTotals } from '../demo/totals.ts'
import { showDiagnostics } from '../diagnostics/human.ts'
import { runMappings } from '../run-mappings.ts'
import type { MappingResult } from '../run-result.ts'
import { openSession, type Session } from '../session.ts'
import { situate } from '../situation.ts'
import { openWorkspace } from '../workspace.ts'
import { applyChanges } from './apply.ts'

export const demo: Command = {
  positionals: '',
  options: {
    once: { type: 'boolean', help: 'run the three passes, print what happened, stop everything' },
    'odoo-version': { type: 'string', value: 'VERSION', help: '19.0 (default) or 18.0' },
    orders: { type: 'string', value: 'N', help: 'how many orders the shop has (default: 2000)' },
  },
  examples: [
    ['tidelock demo', 'stays up, with addresses to click; the mappings to edit are in ./demo'],
    [
      'tidelock demo --once --json',
      'the last line is {"passes":[…],"odoo":{…}}; exit 0 only when every run balances',
    ],
  ],
  exits: ['1  a run failed or does not balance, or an order is missing or differs without being parked'],
  async run(invocation) {
    const { options, output, cwd, signal } = invocation
    const once = options['once'] === true
    const version = String(options['odoo-version'] ?? '19.0')
    if (version !== '19.0' && version !== '18.0') throw new UsageError('--odoo-version is 19.0 or 18.0')
    const folder = once
      ? mkdtempSync(join(tmpdir(), 'tidelock-demo-'))
      : join(String(options['folder'] ?? cwd), 'demo')
    output.note('Starting a shop and an Odoo on this machine …')
    const orders = typeof options['orders'] === 'string' ? ['--orders', options['orders']] : []
    await stopDevServer(folder)
    const standIns = await startStandIns(['--odoo-version', version, ...orders])
    try {
      prepareDemoFolder(folder, standIns.addresses, version)
      return await play(invocation, folder, standIns, once, signal)
    } finally {
      await stopDevServer(folder)
      await standIns.stop()
      if (once) rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Pass {
  readonly pass: 'first' | 'again' | 'changed'
  readonly mappings: readonly MappingResult[]
}

async function play(
  invocation: Invocation,
  folder: string,
  standIns: RunningStandIns,
  once: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { output, environment } = invocation
  const workspace = openWorkspace(folder, 'default')
  if (hasErrors(workspace.diagnostics) || workspace.repository === null) {
    showDiagnostics(workspace, output)
    return EXIT.failed
  }
  const session = await openSession({
    repository: workspace.repository,
    folder,
    environment: 'default',
    processEnvironment: withoutCluster(environment),
    say: output.note,
  })
  try {
    output.note('Starting Temporal …')
    const temporal = await session.temporal()
    const worker = await startWorker({
      temporal: temporal.settings,
      dependencies: session.workerDependencies(),
      concurrency: session.workerConcurrency,
    })
    try {
      await applyChanges(session, workspace.plans, await situate(session, workspace.plans), {
        prune: false,
        stamp: { commit: null, author: 'demo' },
        output,
      })
      await pauseSchedules(session, true)
      const passes = await playPasses(invocation, session, standIns)
      const odoo = await standIns.control<Record<string, number>>('odoo/counts')
      const totals = await compareTotals(standIns, session)
      report(invocation, passes, odoo, totals)
      const balanced = passes.every((pass) => pass.mappings.every((mapping) => mapping.balanced))
      if (!once) await stayUp(invocation, session, folder, standIns, signal)
      output.data({
        passes: passes.map(({ pass, mappings }) => ({ pass, mappings: mappings.map(plain) })),
        odoo,
        totals,
      })
      return balanced && totals.differing === 0 ? EXIT.ok : EXIT.failed
    } finally {
      await worker.stop()
    }
  } finally {
    await session.close()
  }
}

/** The demo has servers of its own, whatever the machine is set up for. */
function withoutCluster(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { TEMPORAL_ADDRESS: _address, ...rest } = environment
  return rest
}

async function playPasses(
  invocation: Invocation,
  session: Session,
  standIns: RunningStandIns,
): Promise<readonly Pass[]> {
  const { output } = invocation
  output.line(output.style('bold', 'First pass: everything the shop has'))
  const first = await runMappings(invocation, session, DEMO_MAPPINGS, { lane: 'live', only: null })
  output.line()
  output.line(output.style('bold', 'Again: everything is read, nothing is written'))
  const again = await runMappings(invocation, session, DEMO_MAPPINGS, { lane: 'backfill', only: null })
  output.line()
  output.line(output.style('bold', 'Fifty orders change in the shop: edited, paid, cancelled, refunded'))
  await standIns.control('shopify/changeFifty')
  const changed = await runMappings(invocation, session, DEMO_MAPPINGS, { lane: 'live', only: null })
  output.line()
  return [
    { pass: 'first', mappings: first },
    { pass: 'again', mappings: again },
    { pass: 'changed', mappings: changed },
  ]
}

/** While the passes are counted no schedule may run in between. */
async function pauseSchedules(session: Session, paused: boolean): Promise<void> {
  const temporal = await session.temporal()
  for (const mapping of DEMO_MAPPINGS) {
    const handle = temporal.client.schedule.getHandle(scheduleId(session.prefix, mapping))
    if (paused) await handle.pause('the demo counts its passes')
    else await handle.unpause('the demo has counted its passes')
  }
}

function plain({
  mapping,
  read,
  created,
  updated,
  unchanged,
  filtered,
  parked,
  calls,
  writeCalls,
  seconds,
}: MappingResult) {
  return { mapping, read, created, updated, unchanged, filtered, parked, calls, writeCalls, seconds }
}

function report(
  { output }: Invocation,
  passes: readonly Pass[],
  odoo: Record<string, number>,
  totals: OrderTotals,
): void {
  output.line(output.style('bold', 'What Odoo holds'))
  for (const [model, count] of Object.entries(odoo))
    if (count > 0) output.line(`  ${model.padEnd(24)} ${count}`)
  output.line()
  output.line(
    `The shop's orders: ${totals.agreeing} in Odoo with the same total to the cent, ${totals.cancelled} cancelled on both sides, ${totals.parked} parked with the reason, ${totals.differing} differing.`,
  )
  const unbalanced = passes.flatMap((pass) => pass.mappings).filter((mapping) => !mapping.balanced)
  output.line(unbalanced.length === 0 ? 'Every run balances.' : `${unbalanced.length} runs do not balance.`)
}

async function stayUp(
  invocation: Invocation,
  session: Session,
  folder: string,
  standIns: RunningStandIns,
  signal: AbortSignal,
): Promise<void> {
  const { output } = invocation
  await pauseSchedules(session, false)
  const { odoo, shopify, control } = standIns.addresses
  output.line()
  output.line(`Temporal UI      ${session.devServer()?.ui ?? ''}/namespaces/default/workflows`)
  output.line(`Odoo stand-in    ${odoo.url}  (database ${odoo.database})`)
  output.line(`Shop stand-in    ${shopify.url}`)
  output.line(`Control          ${control.url}  (GET lists what it can do)`)
  output.line()
  output.line(`The mappings are in ${folder}/mappings. Edit one, then in another terminal:`)
  output.line(`  npx tidelock plan --folder ${folder}`)
  output.line(`  npx tidelock apply --rewrite --folder ${folder}`)
  output.line(`Project ${prefixText(session.prefix)}; Ctrl-C stops everything this started.`)
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  )
}
