import { expect, test } from 'vitest'
import { runDay } from './run.ts'
import { shortDay } from './story.ts'

test('a short day: all arrive once or are parked for what is bad about them, people are told, nothing is given away', {
  timeout: 1_200_000,
}, async () => {
  const said: string[] = []
  const { lost, doubled, leaks, alertsWrong, delivered, openDeadLetters, kills } = await runDay({
    seed: 20_261_126,
    orders: 200,
    kills: 3,
    events: shortDay(),
    keep: false,
    say: (message) => said.push(message),
  })
  const isGood = lost.length + doubled.length + leaks.length + alertsWrong.length === 0
  expect({ lost, doubled, leaks, alertsWrong, said: isGood ? [] : said }).toEqual({
    lost: [],
    doubled: [],
    leaks: [],
    alertsWrong: [],
    said: [],
  })
  // Else it was no such day.
  expect(kills).toBe(3)
  expect(delivered).toBeGreaterThan(180)
  expect(openDeadLetters).toBeGreaterThan(3)
})
