import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cronFault } from '../../../engine/core/parse/cron.ts'
import { parseDuration, parsePercent } from '../../../engine/core/parse/duration.ts'
import { formatDiagnostic } from '../../../engine/core/parse/format.ts'
import { parseHours } from '../../../engine/core/parse/hours.ts'
import { looksLikeSecret } from '../../../engine/core/parse/secret-looks.ts'
import { isTimeZone } from '../../../engine/core/parse/time-zone.ts'

test.each([
  ['0ms', 0],
  ['250ms', 250],
  ['30s', 30_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['90d', 7_776_000_000],
])('%s lasts %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '5', 'm', '5 m', '-5m', '1.5h', '5w', '5M', '5m '])('"%s" is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow(/30s, 5m, 2h or 1d/)
})

test.each([
  ['0%', 0],
  ['2.5%', 0.025],
  ['20%', 0.2],
  ['100%', 1],
])('%s is %d', (text, share) => {
  expect(parsePercent(text)).toBe(share)
})

test.each(['', '20', '%', '-1%', '20 %', '.5%'])('"%s" is no share', (text) => {
  expect(() => parsePercent(text)).toThrow(/20%/)
})

test.each([
  '* * * * *',
  '*/5 8-18 * * MON-FRI',
  '0,30 0-23/2 1 JAN,jul 7',
  '59 23 31 12 0',
  '5/10 * * * sun',
])('"%s" is a cron line', (text) => {
  expect(cronFault(text)).toBeNull()
})

test.each([
  ['', /1 field instead/],
  ['* * * *', /4 fields/],
  ['0 * * * * *', /6 fields/],
  ['60 * * * *', /minute cannot be "60"/],
  ['* 24 * * *', /hour/],
  ['* * 0 * *', /day cannot be "0"/],
  ['* * * 13 *', /month/],
  ['* * * JANUARY *', /month/],
  ['* * * * 8', /weekday/],
  ['* * * * FRI-MON', /weekday cannot be "FRI-MON"/],
  ['*/0 * * * *', /minute/],
  ['1, * * * *', /minute/],
  ['5-1 * * * *', /minute/],
  ['* * L * *', /day/],
])('"%s" is none', (text, said) => {
  expect(cronFault(text)).toMatch(said)
})

describe('hours of a week', () => {
  test.each([
    ['MON-FRI 08:00-18:00 Europe/Brussels', [1, 2, 3, 4, 5], 480, 1080, 'Europe/Brussels'],
    ['SAT,SUN 00:00-24:00 UTC', [6, 7], 0, 1440, 'UTC'],
    ['SAT-MON 09:30-10:00 Asia/Tokyo', [1, 6, 7], 570, 600, 'Asia/Tokyo'],
    ['WED 12:00-13:00 UTC', [3], 720, 780, 'UTC'],
  ])('%s', (text, weekdays, from, until, zone) => {
    expect(parseHours(text)).toEqual({ weekdays, from, until, zone })
  })

  test.each([
    '',
    'MON-FRI 08:00-18:00',
    'MON-FRI 8:00-18:00 UTC',
    'MON-FRI 18:00-08:00 UTC',
    'MON-FRI 08:00-24:01 UTC',
    'MON-FRI 08:60-18:00 UTC',
    'Monday 08:00-18:00 UTC',
    'MON-WED-FRI 08:00-18:00 UTC',
    'MON, 08:00-18:00 UTC',
    'MON-FRI 08:00-18:00 Brussels',
  ])('but not "%s"', (text) => {
    expect(parseHours(text)).toBeNull()
  })

  test('any text is hours or null', () => {
    fc.assert(fc.property(fc.string(), (text) => parseHours(`${text} 08:00-18:00 UTC`) !== undefined))
  })
})

test.each([
  ['Europe/Brussels', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Europe/Bruxelles', false],
  ['+01:00', false],
  ['', false],
])('"%s" as a time zone: %s', (zone, is) => {
  expect(isTimeZone(zone)).toBe(is)
})

const HEX = '0123456789abcdef'
test.each([
  ['a token of Shopify', `shpat_${HEX}${HEX}`, true],
  ['a token of Slack', `xoxb-${'1234567890'}-abcdef`, true],
  ['a webhook of Slack', 'https://hooks.slack.com/services/T000/B000/abc', true],
  ['forty hexadecimal digits', `${HEX}${HEX}01234567`, true],
  ['a private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----`, true],
  ['an address with a password', 'postgres://me:pass@db.example/x', true],
  ['an address with a password alone', 'redis://:pass@cache.example', true],
  ['a web token', `eyJ${HEX}${HEX}.${HEX}`, true],
  ['an address', 'https://acme.odoo.com:8069/web', false],
  ['an address with a name', 'ssh://git@example.com/x', false],
  ['a name of a secret', 'shopify-client-secret', false],
  ['a mail address', 'books@acme.example', false],
  ['an expression', 'match("product.product", "default_code", line.sku)', false],
])('%s looks like a secret: %#', (_what, text, is) => {
  expect(looksLikeSecret(text)).toBe(is)
})

test.each([
  [
    '  priorty: high',
    'm.yaml:14:3 error unknown-key: It is not known.\n  14 |   priorty: high\n         ^\n  Did you mean "priority"?',
  ],
  [
    '\tpriorty',
    'm.yaml:14:3 error unknown-key: It is not known.\n  14 | \tpriorty\n       \t ^\n  Did you mean "priority"?',
  ],
  ['', 'm.yaml:14:3 error unknown-key: It is not known.\n  Did you mean "priority"?'],
  [null, 'm.yaml:14:3 error unknown-key: It is not known.\n  Did you mean "priority"?'],
])('a fault is shown under its line %j', (line, shown) => {
  const fault = {
    file: 'm.yaml',
    line: 14,
    column: 3,
    severity: 'error' as const,
    code: 'unknown-key' as const,
  }
  expect(
    formatDiagnostic({ ...fault, message: 'It is not known.', hint: 'Did you mean "priority"?' }, () => line),
  ).toBe(shown)
})

test.each([
  ['at the beginning', 0, 5, /^9 \| \(start\)x+…$/],
  ['in the middle', 5000, 5, /^9 \| …x+…$/],
  ['at the end', 9994, 6, /^9 \| …x+\(stop\)$/],
  ['as a whole', 0, 10_000, /^9 \| \(start\)x+…$/],
  ['all but the beginning', 7, 9993, /^9 \| \(start\)x+…$/],
])('of a long line what is marked %s is shown, as wide as there is room', (_what, offset, length, form) => {
  const line = `(start)${'x'.repeat(9987)}(stop)`
  const fault = {
    file: 'm.yaml',
    line: 9,
    column: offset + 1,
    endLine: 9,
    endColumn: offset + 1 + length,
    severity: 'error' as const,
    code: 'syntax' as const,
    message: 'No.',
    hint: null,
  }
  for (const width of [60, 160]) {
    const [, source, marks] = formatDiagnostic(fault, () => line, width).split('\n')
    expect(source!.length).toBe(width)
    expect(source!.trim()).toMatch(form)
    const at = marks!.indexOf('^')
    expect(marks!.length - at).toBe(Math.min(length, width - at - (source!.endsWith('…') ? 1 : 0)))
    expect(source![at]).toBe(line[offset])
  }
})

test('characters of two units are not cut in half', () => {
  for (const shift of [0, 1]) {
    const line = `${'x'.repeat(shift)}${'😀'.repeat(500)}`
    const fault = {
      file: 'm',
      line: 1,
      column: 501 + shift,
      severity: 'error' as const,
      code: 'syntax' as const,
    }
    const shown = formatDiagnostic({ ...fault, message: 'No.', hint: null }, () => line)
    expect(shown.isWellFormed()).toBe(true)
  }
})

test('of a long hint people see the beginning', () => {
  const fault = { file: 'm', line: 1, column: 1, severity: 'error' as const, code: 'syntax' as const }
  const hint = `Known are: ${'name, '.repeat(1000)}`
  const shown = formatDiagnostic({ ...fault, message: 'No.', hint }, () => null)
  expect(shown).toBe(`m:1:1 error syntax: No.\n  ${hint.slice(0, 499).trimEnd()}…`)
})

test('of many other places the first are shown', () => {
  const related = [1, 2, 3, 4, 5].map((line) => ({
    file: 'm.yaml',
    line,
    column: 1,
    message: `place ${line}`,
  }))
  const fault = {
    file: 'm.yaml',
    line: 9,
    column: 1,
    severity: 'error' as const,
    code: 'missing-scopes' as const,
  }
  expect(formatDiagnostic({ ...fault, message: 'None.', hint: null, related }, () => null)).toBe(
    'm.yaml:9:1 error missing-scopes: None.\n  m.yaml:1:1 place 1\n  m.yaml:2:1 place 2\n  m.yaml:3:1 place 3\n  and 2 more',
  )
})

test.each([
  ['a tab', 'a:\tb', 4, 5, '  \t^'],
  ['wide characters', 'a: 山田 b', 7, 8, '        ^'],
  ['a wide character that is marked', 'a: 山 b', 4, 5, '   ^^'],
  ['a mark on a letter', 'a: e\u0301 b', 7, 8, '     ^'],
  ['a control character', 'a: \u0007', 4, 5, '   ^^^^'],
  ['the whole of several lines by the first', 'a: |', 4, 1, '   ^'],
])('marks stand under %s as a terminal shows it', (_what, source, column, endColumn, marks) => {
  const endLine = endColumn < column ? 2 : 1
  const fault = {
    file: 'm',
    line: 1,
    column,
    endLine,
    endColumn,
    severity: 'error' as const,
    code: 'empty' as const,
  }
  const [, , shown] = formatDiagnostic({ ...fault, message: 'x', hint: null }, () => source).split('\n')
  expect(shown).toBe(`      ${marks}`)
})
