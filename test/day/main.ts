import { parseArgs } from 'node:util'
import { runDay } from './run.ts'
import { shortDay, wholeDay } from './story.ts'

const HELP = `A day of shop and Odoo in which everything goes wrong once; then looks whether all arrived, who was told, and what was given away.

  npm run test:day -- [--seed S] [--orders N] [--kills N] [--outage SECONDS] [--short] [--keep]

--short is a few of the events with 200 orders and three kills, in some two minutes. The same seed has the same events in the same order. The last line says
{"delivered","openDeadLetters","lost","doubled","alertsExpected","alertsSent","leaks"}; exit 0 only when nothing is lost, doubled
or given away, and exactly those alerts were sent that the rules demand.
`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    orders: { type: 'string' },
    kills: { type: 'string' },
    outage: { type: 'string', default: '120' },
    short: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [seed, orders, kills, outage] = [
  values.seed,
  values.orders ?? (values.short ? '200' : '5000'),
  values.kills ?? (values.short ? '3' : '20'),
  values.outage,
].map(Number) as [number, number, number, number]

if (values.help) process.stdout.write(HELP)
else if (
  ![seed, kills, outage].every((number) => Number.isSafeInteger(number) && number >= 0) ||
  !(orders >= 100)
) {
  process.stderr.write('--seed, --kills and --outage take whole numbers, --orders takes one from 100 on.\n')
  process.exitCode = 2
} else {
  const result = await runDay({
    seed,
    orders,
    kills,
    events: values.short ? shortDay() : wholeDay(outage * 1_000),
    keep: values.keep,
    say: (message) => process.stderr.write(`${message}\n`),
  })
  const { lost, doubled, leaks, alertsExpected, alertsSent, alertsWrong } = result
  for (const one of lost) process.stderr.write(`lost: ${one}\n`)
  for (const one of doubled) process.stderr.write(`doubled: ${one}\n`)
  for (const { what, where, at } of leaks.slice(0, 100))
    process.stderr.write(`leak: ${what} in ${where} at ${at}\n`)
  for (const one of alertsWrong) process.stderr.write(`alert ${one}\n`)
  process.stderr.write(`seed ${seed}, ${result.kills} kills, ${result.seconds} s\n`)
  process.stdout.write(
    `${JSON.stringify({
      delivered: result.delivered,
      openDeadLetters: result.openDeadLetters,
      lost: lost.length,
      doubled: doubled.length,
      alertsExpected: alertsExpected.length,
      alertsSent: alertsSent.length,
      leaks: leaks.length,
    })}\n`,
  )
  process.exitCode = lost.length + doubled.length + leaks.length + alertsWrong.length === 0 ? 0 : 1
}
