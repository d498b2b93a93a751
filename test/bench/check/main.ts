import { parseArgs } from 'node:util'
import { runCheckBench } from './bench.ts'

const HELP = `How quick the checker is: yaml and ajv alone, and all of tidelock validate, in turns on the same files.

  npm run bench:check -- [--mappings N] [--pairs N] [--json]

  --mappings N   mappings of 40 fields (default: 200)
  --pairs N      how often both take turns; medians count (default: 5)
  --json         the last line is {"yamlAjv","validate","ratio"}, in milliseconds
`

const { values } = parseArgs({
  options: {
    mappings: { type: 'string', default: '200' },
    pairs: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const sizes = { mappings: Number(values.mappings), pairs: Number(values.pairs) }

if (values.help) process.stdout.write(HELP)
else if (!Object.values(sizes).every((size) => Number.isSafeInteger(size) && size > 0)) {
  process.stderr.write('--mappings and --pairs take whole numbers from 1 on.\n')
  process.exitCode = 2
} else {
  const { yamlAjv, validate, ratio, command, shipped } = runCheckBench({
    ...sizes,
    say: (message) => process.stderr.write(`${message}\n`),
  })
  if (values.json) process.stdout.write(`${JSON.stringify({ yamlAjv, validate, ratio })}\n`)
  else
    process.stdout.write(
      `${ratio <= 4 ? 'met' : 'missed'}: validate ${validate} ms, yaml and ajv alone ${yamlAjv} ms: ${ratio} × (at most 4)\n` +
        `the whole command, Node's start included: ${command} ms\n` +
        `the shipped repository again, as after a keystroke: ${shipped} ms\n`,
    )
}
