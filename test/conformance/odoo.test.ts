import { odoo } from '../../engine/connectors/odoo/index.ts'
import { createHost } from '../../engine/transfer/host/host.ts'
import { startOdoo } from '../stand-ins/odoo/server.ts'
import { describeConnector } from './kit.ts'

for (const version of ['19.0', '18.0'] as const) {
  describeConnector(
    `odoo ${version}`,
    async () => {
      const server = await startOdoo({ version })
      const host = createHost({
        connection: 'odoo',
        limits: null,
        secrets: { value: async () => server.apiKey, hosts: () => [new URL(server.url).host] },
        now: Date.now,
        log() {},
      })
      const definition = {
        name: 'odoo',
        connector: 'odoo',
        settings: { url: server.url, database: server.database, version, company: 1, language: 'en_US' },
        auth: { apiKey: { secret: 'key' }, login: server.login },
      }
      const partners = async () =>
        (await server.control.read({ model: 'res.partner', fields: ['name'] })) as unknown as readonly {
          id: number
          name: string
        }[]
      for (let n = 0; n < 45; n++)
        await server.control.create({ model: 'res.partner', values: { name: `Partner ${n}` } })
      return {
        connection: await odoo.open(definition, host),
        read: {
          resource: 'res.partner',
          selection: { name: { type: 'text' } },
          keys: async () => (await partners()).map(({ id }) => String(id)),
          async change() {
            const [first] = await partners()
            await server.control.write({
              model: 'res.partner',
              ids: [first!.id],
              values: { name: 'Changed' },
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
        secrets: [server.apiKey],
        async close() {
          await host.close()
          await server.close()
        },
      }
    },
    true,
  )
}
