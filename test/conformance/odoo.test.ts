import { odoo } from '../../engine/connectors/odoo/index.ts'
import { startOdoo } from '../stand-ins/odoo/server.ts'
import { createTestHost } from './host.ts'
import { describeConnector } from './kit.ts'

for (const version of ['19.0', '18.0'] as const) {
  describeConnector(`odoo ${version}`, ['read', 'write'], async () => {
    const server = await startOdoo({ version })
    const wrong = 'wrong-key-0123456789'
    const host = createTestHost(server.url, { key: server.apiKey, wrong })
    const definition = {
      name: 'odoo',
      connector: 'odoo',
      settings: { url: server.url, database: server.database, version, company: 1, language: 'en_US' },
      auth: { apiKey: { secret: 'key' }, login: server.login },
    }
    let changes = 0
    const partners = async () =>
      (await server.control.read({ model: 'res.partner', fields: ['name'] })) as unknown as readonly {
        id: number
        name: string
      }[]
    for (let n = 0; n < 45; n++)
      await server.control.create({ model: 'res.partner', values: { name: `Partner ${n}` } })
    return {
      connection: await odoo.open(definition, host),
      refused: await odoo.open(
        { ...definition, auth: { ...definition.auth, apiKey: { secret: 'wrong' } } },
        host,
      ),
      read: {
        resource: 'res.partner',
        selection: { name: { type: 'text' } },
        keys: async () => (await partners()).map(({ id }) => String(id)),
        async change() {
          const [first] = await partners()
          await server.control.write({
            model: 'res.partner',
            ids: [first!.id],
            values: { name: `Changed ${++changes}` },
          })
          return String(first!.id)
        },
      },
      write: {
        shape: {
          resource: 'res.partner',
          fields: { name: { type: 'text', required: true }, color: { type: 'integer' } },
        },
        text: 'name',
        bad: { field: 'color', value: 'red' },
        count: async () => (await partners()).length,
        textOf: async (id) => (await partners()).find((partner) => partner.id === Number(id))?.name,
      },
      secrets: [server.apiKey, wrong],
      slow: (ms) =>
        server.control.faults({ faults: ms === 0 ? [] : [{ kind: 'latency', ms, times: 1_000 }] }),
      async close() {
        await host.close()
        await server.close()
      },
    }
  })
}
