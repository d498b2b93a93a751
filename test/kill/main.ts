import { parseArgs } from 'node:util'
import { runStorm } from './run.ts'

const HELP = `Kills, stalls and cuts at random while shop and Odoo are kept in step; then looks whether all arrived once.

  npm run test:kill -- [--points N] [--seed S] [--store sqlite] [--flow MAPPING] [--workers N] [--keep] [--json]

Exit 0 only when nothing was lost and nothing doubled. The same seed strikes in the same order.
`

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    store: { type: 'string', default: 'sqlite' },
    flow: { type: 'string' },
    workers: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const numbers = [values.points, values.seed, values.workers].map(Number)

if (values.help) process.stdout.write(HELP)
else if (!numbers.every((number) => Number.isSafeInteger(number) && number > 0)) {
  process.stderr.write('--points, --seed and --workers take whole numbers from 1 on.\n')
  process.exitCode = 2
} else if (values.store !== 'sqlite') {
  process.stderr.write(`The store "${values.store}" is not there yet; there is sqlite.\n`)
  process.exitCode = 2
} else {
  const result = await runStorm({
    points: Number(values.points),
    seed: Number(values.seed),
    workers: Number(values.workers),
    flow: values.flow ?? null,
    keep: values.keep,
    say: (message) => process.stderr.write(`${message}\n`),
  })
  for (const fault of result.lost) process.stdout.write(`lost: ${fault}\n`)
  for (const fault of result.doubled) process.stdout.write(`doubled: ${fault}\n`)
  const { points, seed, lost, doubled, orders, seconds } = result
  if (values.json)
    process.stdout.write(`${JSON.stringify({ ...result, lost: lost.length, doubled: doubled.length })}\n`)
  else
    process.stdout.write(
      `points ${points}  lost ${lost.length}  doubled ${doubled.length}  seed ${seed}  (${orders} orders, ${seconds} s)\n`,
    )
  process.exitCode = lost.length + doubled.length === 0 ? 0 : 1
}
