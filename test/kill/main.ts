import { parseArgs } from 'node:util'
import { runStorm } from './run.ts'

const HELP = `Kills, stalls and cuts while shop and Odoo are kept in step; then looks whether all arrived once.

  npm run test:kill -- [--points N] [--seed S] [--store sqlite|postgres] [--workers N] [--mappings 3..8]
                       [--flow MAPPING] [--keep] [--json]

Exit 0 only when nothing was lost and nothing doubled. The same seed strikes in the same order.
`

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    store: { type: 'string', default: 'sqlite' },
    flow: { type: 'string' },
    workers: { type: 'string', default: '2' },
    mappings: { type: 'string', default: '3' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const [points, seed, workers, mappings] = [values.points, values.seed, values.workers, values.mappings].map(
  Number,
) as [number, number, number, number]
const { store } = values

function faultOfOptions(): string | null {
  if (![points, seed, workers, mappings].every((number) => Number.isSafeInteger(number) && number > 0))
    return '--points, --seed, --workers and --mappings take whole numbers from 1 on.'
  if (mappings < 3 || mappings > 8) return '--mappings is 3 (the shipped ones) up to 8.'
  return store === 'sqlite' || store === 'postgres'
    ? null
    : `The store is sqlite or postgres, not "${store}".`
}

const fault = faultOfOptions()
if (values.help) process.stdout.write(HELP)
else if (fault !== null) {
  process.stderr.write(`${fault}\n`)
  process.exitCode = 2
} else {
  const result = await runStorm({
    points,
    seed,
    workers,
    mappings,
    store: store as 'sqlite' | 'postgres',
    flow: values.flow ?? null,
    keep: values.keep,
    say: (message) => process.stderr.write(`${message}\n`),
  })
  const { lost, doubled, met, orders, seconds } = result
  for (const one of lost) process.stdout.write(`lost: ${one}\n`)
  for (const one of doubled) process.stdout.write(`doubled: ${one}\n`)
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...result, lost: lost.length, doubled: doubled.length })}\n`
      : `points ${points}  met work ${met}  lost ${lost.length}  doubled ${doubled.length}  seed ${seed}  (${store}, ${workers} workers, ${mappings} mappings, ${orders} orders, ${seconds} s)\n`,
  )
  process.exitCode = lost.length + doubled.length === 0 ? 0 : 1
}
