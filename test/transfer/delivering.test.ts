import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AlertMessage } from '../../engine/core/alert/message.ts'
import { appliedChannels, recordChannels } from '../../engine/store/channels.ts'
import { openStore, type Store } from '../../engine/store/open.ts'
import { enqueueMessage, outboxId, outboxOf, queuedCounts } from '../../engine/store/outbox.ts'
import { type Delivered, deliverMessages } from '../../engine/transfer/outbox/deliver.ts'
import { HOLD_MS } from '../../engine/transfer/outbox/take.ts'
import { alertMessage } from '../notify/message.ts'
import { definition, SORTS, secretsOf } from '../notify/open.ts'
import { startSlack } from '../stand-ins/slack/server.ts'
import { startWebhook } from '../stand-ins/webhook/server.ts'
import { openedStore, storePlace } from '../store/opened.ts'

const MINUTE = 60_000
const DOCS = { docs: 'https://docs.example/operations' }

/** Slack and somebody's receiver, both applied; `ops` is Slack, `hook` the receiver. */
async function world() {
  const opened = await openedStore()
  const slack = await startSlack({ burst: 1_000 })
  const receiver = await startWebhook()
  onTestFinished(async () => {
    await slack.close()
    await receiver.close()
  })
  const ops = definition('slack', { webhook: { secret: 'slack' } }, 'ops')
  const hook = definition('webhook', { url: receiver.url }, 'hook')
  const secrets = secretsOf({ slack: { value: slack.url, to: [slack.host] } })
  const apply = (...definitions: Parameters<typeof recordChannels>[2]) =>
    opened.store.transaction((trx) => recordChannels(trx, 'acme', definitions))
  await apply(ops, hook)
  const deliver = (store: Store = opened.store): Promise<Delivered> =>
    // Its clock stands while it works: it waits for nothing, and is not late however slow the machine.
    deliverMessages(
      { store, channels: SORTS, secrets, now: opened.now, alertLinks: DOCS, log() {} },
      'acme',
      { budgetMs: 1, signal: new AbortController().signal },
    )
  return {
    ...opened,
    slack,
    receiver,
    ops,
    hook,
    apply,
    deliver,
    tell: (id: string, channels: readonly string[] = ['ops'], change: Partial<AlertMessage> = {}) =>
      opened.store.transaction((trx) =>
        enqueueMessage(trx, {
          project: 'acme',
          message: alertMessage({ id, summary: id, ...change }),
          channels,
        }),
      ),
    /** What people read, in order. */
    atSlack: async () => (await slack.control.received()).map(({ text }) => text.replace(/^.*: /, '')),
    atHook: async () =>
      (await receiver.control.received()).map(({ body }) => (JSON.parse(body) as AlertMessage).summary),
    /** Delivers until it is told to come later, then lets that time pass; so often. */
    async attempts(times: number) {
      for (let attempt = 0; attempt < times; attempt++) {
        const { nextAt } = await deliver()
        if (nextAt !== null) opened.pass(Math.max(0, nextAt - opened.now()))
      }
    },
    stateOf: async (name: string) =>
      (await appliedChannels(opened.store, 'acme')).find((channel) => channel.definition.name === name)!
        .health.state,
  }
}

describe('the outbox', () => {
  test('has one row for each channel, and the same message once', async () => {
    const { store, tell } = await world()
    await tell('m1', ['ops', 'hook', 'ops'])
    await tell('m1', ['hook'])
    expect(await queuedCounts(store, 'acme')).toEqual({ ops: 1, hook: 1 })
  })

  test('has nothing of a transaction that came to nothing', async () => {
    const { store } = await world()
    await store
      .transaction(async (trx) => {
        await enqueueMessage(trx, { project: 'acme', message: alertMessage(), channels: ['ops'] })
        throw new Error('no')
      })
      .catch(() => {})
    expect(await outboxOf(store, 'acme', 9)).toEqual([])
  })

  test('is emptied in order, each message once', async () => {
    const { store, tell, deliver, atHook } = await world()
    for (const id of ['m1', 'm2', 'm3']) await tell(id, ['hook'])
    expect(await deliver()).toEqual({ sent: 3, nextAt: null })
    expect(await deliver()).toEqual({ sent: 0, nextAt: null })
    expect(await atHook()).toEqual(['m1', 'm2', 'm3'])
    expect(await outboxOf(store, 'acme', 9)).toMatchObject([
      { state: 'sent', attempts: 1, lastError: null },
      { state: 'sent' },
      { state: 'sent' },
    ])
  })

  test('of another project is not touched', async () => {
    const { store, deliver, atHook } = await world()
    await store.transaction((trx) =>
      enqueueMessage(trx, { project: 'acme.test', message: alertMessage(), channels: ['hook'] }),
    )
    await deliver()
    expect(await atHook()).toEqual([])
  })

  test('is emptied by two workers at once, in order, each message once', async () => {
    const { again, tell, deliver, atHook } = await world()
    const ids = Array.from({ length: 12 }, (_, index) => `m${index}`)
    for (const id of ids) await tell(id, ['hook'])
    const other = await again()
    while ((await atHook()).length < ids.length)
      await Promise.all([deliver(), deliver(other), deliver(other)])
    await Promise.all([deliver(), deliver(other)])
    expect(await atHook()).toEqual(ids)
  })

  test('goes on after a worker that was killed between sending and noting, under the same id', async () => {
    const place = await storePlace()
    const { store, pass, now } = await openedStore(place)
    const receiver = await startWebhook()
    onTestFinished(receiver.close)
    await store.transaction(async (trx) => {
      await recordChannels(trx, 'acme', [definition('webhook', { url: receiver.url }, 'hook')])
      await enqueueMessage(trx, { project: 'acme', message: alertMessage(), channels: ['hook'] })
    })
    const worker = spawn(
      process.execPath,
      [fileURLToPath(new URL('deliverer.ts', import.meta.url)), place.url, place.folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(worker.stdout!, 'data')
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    const deliver = () =>
      deliverMessages({ store, channels: SORTS, secrets: secretsOf({}), now, log() {} }, 'acme', {
        budgetMs: 1,
        signal: new AbortController().signal,
      })
    // The other process went by the real clock.
    pass(Date.now() - now())
    expect(await deliver()).toMatchObject({ sent: 0 })
    pass(HOLD_MS)
    expect(await deliver()).toEqual({ sent: 1, nextAt: null })
    const posts = await receiver.control.received()
    const id = outboxId('acme', alertMessage().id, 'hook')
    expect(posts.map(({ headers }) => headers['idempotency-key'])).toEqual([id, id])
  })

  test('goes to Slack one message a second', async () => {
    const { url, folder } = await storePlace()
    const store = await openStore(url, { folder })
    const slack = await startSlack()
    onTestFinished(async () => {
      await slack.close()
      await store.close()
    })
    await store.transaction(async (trx) => {
      await recordChannels(trx, 'acme', [definition('slack', { webhook: { secret: 'slack' } }, 'ops')])
      for (const id of ['m1', 'm2', 'm3'])
        await enqueueMessage(trx, { project: 'acme', message: alertMessage({ id }), channels: ['ops'] })
    })
    await deliverMessages(
      {
        store,
        channels: SORTS,
        secrets: secretsOf({ slack: { value: slack.url, to: [slack.host] } }),
        now: Date.now,
        log() {},
      },
      'acme',
      { budgetMs: 10_000, signal: new AbortController().signal },
    )
    const at = (await slack.control.received()).map((message) => message.at)
    expect(at).toHaveLength(3)
    for (const index of [1, 2]) expect(at[index]! - at[index - 1]!).toBeGreaterThanOrEqual(990)
  })
})

describe('a channel that asks for time', () => {
  test('is waited for, in order, and no word is made of it', async () => {
    const { slack, tell, deliver, pass, now, atSlack, atHook } = await world()
    await slack.control.faults([{ kind: 'rate-limited', seconds: 30, times: 2 }])
    await tell('m1')
    await tell('m2')
    expect(await deliver()).toEqual({ sent: 0, nextAt: now() + 30_000 })
    pass(29_000)
    expect(await deliver()).toMatchObject({ sent: 0 })
    expect(await slack.control.hits()).toEqual({ 'rate-limited': 1 })
    pass(1_000)
    await deliver()
    pass(30_000)
    expect(await deliver()).toMatchObject({ sent: 1 })
    pass(1_000)
    await deliver()
    expect(await atSlack()).toEqual(['m1', 'm2'])
    expect(await atHook()).toEqual([])
  })
})

describe('a channel that does not work', () => {
  test('for a short time is tried again, and no word is made of it', async () => {
    const { slack, tell, attempts, atSlack, atHook } = await world()
    await slack.control.faults([{ kind: 'down', times: 4 }])
    await tell('m1')
    await attempts(6)
    expect(await atSlack()).toEqual(['m1'])
    expect(await atHook()).toEqual([])
  })

  test('for minutes is dead: another one says so once, and tells what it should have told', async () => {
    const { slack, tell, attempts, atSlack, atHook, stateOf, store } = await world()
    await slack.control.faults([{ kind: 'down', times: 999 }])
    await tell('m1')
    await tell('m2')
    await attempts(6)
    expect(await stateOf('ops')).toBe('dead')
    await tell('m3')
    await attempts(1)
    expect(await atHook()).toEqual([expect.stringContaining('"ops" does not work'), 'm1', 'm2', 'm3'])
    expect(await atSlack()).toEqual([])
    expect((await outboxOf(store, 'acme', 20)).filter(({ channel }) => channel === 'ops')).toMatchObject([
      { state: 'dead', movedTo: 'hook' },
      { state: 'dead', movedTo: 'hook' },
      { state: 'dead', movedTo: 'hook', lastError: expect.stringContaining('Slack answered 503') },
    ])
  })

  test('for good is dead at once', async () => {
    const { slack, tell, deliver, atHook, receiver } = await world()
    await slack.control.faults([{ kind: 'error', error: 'channel_is_archived', times: 999 }])
    await tell('m1', ['ops'])
    await deliver()
    expect(await atHook()).toEqual([expect.stringContaining('channel_is_archived'), 'm1'])
    const [word] = await receiver.control.received()
    expect(JSON.parse(word!.body)).toMatchObject({
      kind: 'dead-channel',
      change: 'raised',
      severity: 'critical',
      links: [{ url: 'https://docs.example/operations/dead-channel.md' }],
    })
  })

  test('is spoken of once, also when what comes later goes to yet another one', async () => {
    const { slack, receiver, tell, deliver, apply, ops, hook, atHook } = await world()
    await apply(ops, hook, definition('webhook', { url: `${receiver.url}/other` }, 'other'))
    await slack.control.faults([{ kind: 'error', error: 'no_service', times: 999 }])
    await tell('m1', ['ops', 'hook'])
    await deliver()
    await tell('m2', ['ops', 'other'])
    await deliver()
    expect((await atHook()).filter((text) => text.includes('does not work'))).toHaveLength(1)
  })

  test('tells by itself when it works again: there, and where it was said', async () => {
    const { slack, tell, deliver, pass, attempts, atSlack, atHook, stateOf } = await world()
    await slack.control.faults([{ kind: 'error', error: 'no_service', times: 2 }])
    await tell('m1')
    await deliver()
    // It is asked once, and does not work yet.
    pass(60 * MINUTE)
    await deliver()
    expect(await stateOf('ops')).toBe('dead')
    pass(60 * MINUTE)
    await attempts(2)
    expect(await stateOf('ops')).toBe('up')
    expect(await atSlack()).toEqual(['The channel "ops" works again.'])
    expect((await atHook()).slice(2)).toEqual(['The channel "ops" works again.'])
    await tell('m2')
    await attempts(2)
    expect((await atSlack()).slice(1)).toEqual(['m2'])
    expect(await atHook()).toHaveLength(3)
  })

  test('is asked again at once when the channels are applied', async () => {
    const { slack, tell, deliver, apply, ops, hook, stateOf } = await world()
    await slack.control.faults([{ kind: 'error', error: 'no_service' }])
    await tell('m1')
    await deliver()
    await apply(ops, hook)
    await deliver()
    expect(await stateOf('ops')).toBe('up')
  })

  test('does not make another one tell twice what it has told', async () => {
    const { slack, tell, deliver, atHook } = await world()
    await slack.control.faults([{ kind: 'error', error: 'no_service' }])
    await tell('m1', ['ops', 'hook'])
    await deliver()
    expect((await atHook()).filter((text) => text === 'm1')).toHaveLength(1)
  })

  test('keeps what it has where no other works either, and tells it when it does', async () => {
    const { slack, receiver, tell, deliver, attempts, pass, atSlack, atHook, stateOf } = await world()
    await slack.control.faults([{ kind: 'error', error: 'no_service', times: 1 }])
    await receiver.control.faults([{ kind: 'status', status: 410, times: 3 }])
    await tell('m1')
    await deliver()
    await deliver()
    expect([await stateOf('ops'), await stateOf('hook')]).toEqual(['dead', 'dead'])
    pass(60 * MINUTE)
    await attempts(4)
    expect(await stateOf('ops')).toBe('up')
    expect([...(await atSlack()), ...(await atHook())]).toContain('m1')
  })

  test('is not the channel that is told of first when the rule names a better one', async () => {
    const { slack, receiver, tell, deliver, apply, ops, hook } = await world()
    await apply(ops, { ...hook, name: 'aaa', settings: { url: `${receiver.url}/aaa` } }, hook)
    await slack.control.faults([{ kind: 'error', error: 'no_service' }])
    await tell('m1', ['ops', 'hook'])
    await deliver()
    expect((await receiver.control.received()).map(({ path }) => path)).toEqual(['/tidelock', '/tidelock'])
  })
})

describe('a message', () => {
  test('that a channel refuses for itself goes to another one; the channel goes on', async () => {
    const { slack, tell, attempts, atSlack, atHook, stateOf } = await world()
    await slack.control.faults([{ kind: 'error', error: 'invalid_payload' }])
    await tell('m1')
    await tell('m2')
    await attempts(3)
    expect(await atHook()).toEqual(['m1'])
    expect(await atSlack()).toEqual(['m2'])
    expect(await stateOf('ops')).toBe('up')
  })

  test('for a channel that is not applied any more goes to another one', async () => {
    const { tell, attempts, apply, hook, atHook, atSlack } = await world()
    await tell('m1')
    await apply(hook)
    await attempts(2)
    expect(await atHook()).toEqual(['m1'])
    expect(await atSlack()).toEqual([])
  })

  test('waits where no channel is applied at all', async () => {
    const { tell, attempts, apply, hook, atHook } = await world()
    await apply()
    await tell('m1')
    await attempts(2)
    await apply(hook)
    await attempts(2)
    expect(await atHook()).toEqual(['m1'])
  })
})
