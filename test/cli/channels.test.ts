import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { recordChannels } from '../../engine/store/channels.ts'
import { openStore } from '../../engine/store/open.ts'
import { enqueueMessage } from '../../engine/store/outbox.ts'
import { ROOT } from '../core/compile/repository.ts'
import { alertMessage } from '../notify/message.ts'
import { definition } from '../notify/open.ts'
import { AUTHORITY, CERTIFICATE, KEY } from '../postgres/tls.ts'
import { startSlack } from '../stand-ins/slack/server.ts'
import { startSmtp } from '../stand-ins/smtp/server.ts'

/** The commands as a person types them, against real servers on loopback. */
vi.setConfig({ testTimeout: 120_000 })

async function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'tidelock-channels-'))
  const slack = await startSlack()
  const smtp = await startSmtp({
    security: 'starttls',
    tls: { key: KEY, cert: CERTIFICATE },
    login: { user: 'alerts@acme.example', password: 'secret' },
  })
  onTestFinished(async () => {
    await slack.close()
    await smtp.close()
    rmSync(folder, { recursive: true, force: true })
  })
  mkdirSync(join(folder, 'mappings'))
  writeFileSync(join(folder, 'authority.pem'), AUTHORITY)
  writeFileSync(
    join(folder, 'mappings', 'channels.yaml'),
    `tidelock: 1
channels:
  ops: { slack: { webhook: { secret: slack-ops } } }
  finance: { email: { to: [books@acme.example], smtp: { secret: smtp-url } } }
`,
  )
  const settings = (slackTo: string) =>
    writeFileSync(
      join(folder, 'temporal.yaml'),
      `tidelock: 1
project: acme
environments: { default: { store: "sqlite:.tidelock/store.db" } }
secrets:
  slack-ops: { from: "env:SLACK_WEBHOOK_URL", to: [${slackTo}] }
  smtp-url: { from: "env:SMTP_URL", to: [localhost] }
`,
    )
  settings(JSON.stringify(slack.host))
  const tidelock = (
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, 'engine/cli/bin.js'), ...args, '--folder', folder], {
        env: {
          ...process.env,
          SLACK_WEBHOOK_URL: slack.url,
          SMTP_URL: smtp.url,
          NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
          ...environment,
        },
      })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (part) => {
        stdout += part
      })
      child.stderr.on('data', (part) => {
        stderr += part
      })
      child.on('close', (code) => resolve({ code, stdout, stderr }))
    })
  return { folder, slack, smtp, settings, tidelock }
}

test('send proves a channel of each kind', async () => {
  const { slack, smtp, tidelock } = await opened()
  expect(await tidelock(['alerts', 'send', 'ops'])).toMatchObject({
    code: 0,
    stdout: 'Sent. Slack answered ok.\n',
    stderr: expect.stringContaining('tidelock apply makes it so'),
  })
  expect((await slack.control.received())[0]!.text).toContain('This is a test.')
  const mail = await tidelock(['alerts', 'send', 'finance', '--json'])
  expect(mail.code).toBe(0)
  expect(JSON.parse(mail.stdout)).toMatchObject({ channel: 'finance', status: 'sent', isApplied: false })
  expect(await smtp.control.received()).toMatchObject([{ secure: true, to: ['books@acme.example'] }])
})

test('send says what the other side answered, and what to do', async () => {
  const { slack, smtp, settings, tidelock } = await opened()
  await slack.control.faults([{ kind: 'error', error: 'channel_is_archived' }])
  expect(await tidelock(['alerts', 'send', 'ops'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Slack answered 410: channel_is_archived.*take it out of the archive/),
  })
  settings('hooks.slack.com')
  expect(await tidelock(['alerts', 'send', 'ops'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`"slack-ops" may not be sent to ${slack.host}`),
  })
  expect(await tidelock(['alerts', 'send', 'ops'], { SLACK_WEBHOOK_URL: '' })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('SLACK_WEBHOOK_URL is not set'),
  })
  await smtp.control.faults([{ kind: 'starttls-stripped' }])
  expect(await tidelock(['alerts', 'send', 'finance'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('does not offer STARTTLS'),
  })
  expect(await tidelock(['alerts', 'send', 'finance'], { NODE_EXTRA_CA_CERTS: '' })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
  expect(await tidelock(['alerts', 'send', 'opps'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"ops"'),
  })
})

test('a channel that was dead works again as soon as a test arrives', async () => {
  const { folder, tidelock } = await opened()
  const store = await openStore('sqlite:.tidelock/store.db', { folder })
  onTestFinished(store.close)
  await store.transaction(async (trx) => {
    await recordChannels(trx, 'acme', [
      definition('email', { to: ['books@acme.example'], smtp: { secret: 'smtp-url' } }, 'finance'),
      definition('slack', { webhook: { secret: 'slack-ops' } }),
    ])
    await trx.db
      .updateTable('channel')
      .set({ state: 'dead', failures: 5, failing_since: trx.now(), last_error: 'Slack answered 503.' })
      .where('name', '=', 'ops')
      .execute()
    await enqueueMessage(trx, { project: 'acme', message: alertMessage(), channels: ['ops'] })
  })
  const dead = await tidelock(['alerts', 'channels'])
  expect(dead.code).toBe(1)
  expect(dead.stdout).toMatch(/ops +slack +the address in "slack-ops" +dead .* 1 +–/)
  expect(dead.stdout).toContain('Slack answered 503.')
  expect((await tidelock(['alerts', 'send', 'ops'])).code).toBe(0)
  const up = await tidelock(['alerts', 'channels', '--json'])
  expect(up.code).toBe(0)
  expect(JSON.parse(up.stdout)).toMatchObject({
    // The other one is told that it works again.
    channels: [
      { channel: 'finance', state: 'up', queued: 1 },
      { channel: 'ops', state: 'up', queued: 1, error: null },
    ],
    notApplied: [],
  })
})
