import { parseArgs } from 'node:util'
import { runBench } from './bench.ts'
import { reportText } from './report.ts'

const HELP = `How light the engine is: the same orders moved by a hand-written loop and by Tidelock, in turns.

  npm run bench -- [--orders N] [--pairs N] [--memory N] [--quick] [--profile FOLDER] [--json]

  --orders N        orders of a pass (default: 20000)
  --pairs N         how often loop and engine take turns; medians count (default: 5)
  --memory N        peak memory is compared between so many orders and --orders (default: 200000)
  --quick           5,000 orders, one pair, 20,000 for the memory
  --profile FOLDER  CPU profiles of the workers go there
  --json            the last line is {"loop","engine","again","ratio","callsPer1000","eventsPer10000","memoryRatio"}
`

const { values } = parseArgs({
  options: {
    orders: { type: 'string' },
    pairs: { type: 'string' },
    memory: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const number = (written: string | undefined, quick: number, full: number) =>
  written === undefined ? (values.quick ? quick : full) : Number(written)
const sizes = {
  orders: number(values.orders, 5_000, 20_000),
  pairs: number(values.pairs, 1, 5),
  memoryOrders: number(values.memory, 20_000, 200_000),
}

if (values.help) process.stdout.write(HELP)
else if (!Object.values(sizes).every((size) => Number.isSafeInteger(size) && size > 0)) {
  process.stderr.write('--orders, --pairs and --memory take whole numbers from 1 on.\n')
  process.exitCode = 2
} else {
  const result = await runBench({
    ...sizes,
    profiles: values.profile ?? null,
    say: (message) => process.stderr.write(`${message}\n`),
  })
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : reportText(result, sizes.orders))
}
