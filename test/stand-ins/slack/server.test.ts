import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SLACK_ERRORS, type SlackError, type SlackOptions, startSlack } from './server.ts'

const opened = async (options: SlackOptions = {}) => {
  const slack = await startSlack(options)
  onTestFinished(slack.close)
  const post = async (body: unknown, url = slack.url, type = 'application/json') => {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: reply.status, body: await reply.text(), retryAfter: reply.headers.get('retry-after') }
  }
  return { ...slack, post }
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })

test('what was seen of Slack is taken and answered with a plain ok', async () => {
  const { post, control } = await opened()
  const seen = {
    text: 'Sync northpier-demo: 3 records need attention',
    blocks: [section('*Sync failed* – 3 records need attention')],
  }
  expect(await post(seen)).toMatchObject({ status: 200, body: 'ok' })
  expect(await control.received()).toMatchObject([seen])
})

test('errors are plain text, by the statuses that were seen', async () => {
  expect(SLACK_ERRORS).toMatchObject({
    no_service: 404,
    channel_is_archived: 410,
    invalid_token: 403,
    action_prohibited: 403,
  })
  const { post, control } = await opened()
  for (const [error, status] of Object.entries(SLACK_ERRORS)) {
    await control.faults([{ kind: 'error', error: error as SlackError }])
    expect(await post({ text: 'x' })).toMatchObject({ status, body: error })
  }
  expect(await control.received()).toEqual([])
})

describe('refuses', () => {
  test.each([
    ['no JSON', 'text', 'invalid_payload'],
    ['a list', [], 'invalid_payload'],
    ['nothing to say', {}, 'no_text'],
    ['51 blocks', { blocks: Array.from({ length: 51 }, () => section('x')) }, 'invalid_blocks'],
    ['3001 characters in a section', { blocks: [section('x'.repeat(3001))] }, 'invalid_blocks'],
    ['an empty section', { blocks: [section('')] }, 'invalid_blocks'],
    [
      '151 characters in a header',
      { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
      'invalid_blocks',
    ],
    [
      'markup in a header',
      { blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }] },
      'invalid_blocks',
    ],
    ['a block it does not know', { blocks: [{ type: 'poem' }] }, 'invalid_blocks'],
  ])('%s', async (_, body, error) => {
    const { post, control } = await opened()
    expect(await post(body)).toMatchObject({ status: 400, body: error })
    expect(await control.received()).toEqual([])
  })

  test('another address', async () => {
    const { post, url } = await opened()
    expect(await post({ text: 'x' }, `${url}x`)).toMatchObject({ status: 404, body: 'no_service' })
  })
})

test('takes a short burst, then one message a second', async () => {
  let now = 0
  const { post } = await opened({ burst: 2, now: () => now })
  const statuses = []
  for (const at of [0, 0, 0, 1_000, 2_000, 3_000]) {
    now = at
    statuses.push((await post({ text: 'x' })).status)
  }
  expect(statuses).toEqual([200, 200, 429, 429, 200, 200])
})

test('says how long to wait', async () => {
  const { post, control } = await opened()
  await control.faults([{ kind: 'rate-limited', seconds: 30 }])
  expect(await post({ text: 'x' })).toEqual({ status: 429, body: 'rate_limited', retryAfter: '30' })
  expect(await post({ text: 'x' })).toMatchObject({ status: 200 })
  expect(await control.hits()).toEqual({ 'rate-limited': 1 })
})

test('knows nothing of the engine', () => {
  for (const file of [
    'server.ts',
    'blocks.ts',
    '../receiver.ts',
    '../smtp/server.ts',
    '../webhook/server.ts',
  ])
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).not.toContain('engine/')
})
