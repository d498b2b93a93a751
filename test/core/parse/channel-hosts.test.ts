import { expect, test } from 'vitest'
import { parse } from './repository.ts'

const faults = (url: string, to: string) =>
  parse({
    'temporal.yaml': `tidelock: 1
project: acme
environments: { default: {} }
secrets:
  signing: { from: "env:SIGNING", to: [${to}] }
`,
    'mappings/channels.yaml': `tidelock: 1
channels:
  hook: { webhook: { url: "${url}", sign: { secret: signing } } }
`,
  }).diagnostics.map(({ code, file, line, message }) => ({ code, file, line, message }))

test('a secret that signs for a host that it may not be used for is told before anything is sent', () => {
  expect(faults('https://hooks.acme.example/a', 'hooks.other.example')).toEqual([
    {
      code: 'secret-other-host',
      file: 'temporal.yaml',
      line: 5,
      message: 'The channel "hook" sends "signing" to hooks.acme.example, which is not among its hosts.',
    },
  ])
})

test.each([
  ['https://hooks.acme.example/a', 'hooks.acme.example'],
  ['https://hooks.acme.example:8443/a', '"hooks.acme.example:8443"'],
  ['https://hooks.acme.example:8443/a', 'hooks.acme.example'],
])('%s with to: [%s] is right', (url, to) => {
  expect(faults(url, to)).toEqual([])
})
