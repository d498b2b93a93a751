import type { Hooks } from '../env.ts'
import type { Json } from '../json.ts'

export const users: Hooks = {
  order: 'name, login',
  inherits: { model: 'res.partner', field: 'partner_id' },
  displayName: (env, row) =>
    String(env.db.store.get('res.partner', Number(row.partner_id))?.name ?? row.login),
  computed: { companies_count: () => 1 },
  methods: {
    context_get: {
      of: 'model',
      parameters: [],
      run(env) {
        const user = env.db.store.get('res.users', env.uid)!
        const partner = env.db.store.get('res.partner', Number(user.partner_id))!
        return { lang: partner.lang ?? 'en_US', tz: partner.tz ?? false, uid: env.uid } as Json
      },
    },
  },
}
