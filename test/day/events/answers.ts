import { hits, sell, stands, until } from '../day.ts'
import type { Event } from './event.ts'
import { resumeAll } from './waiting.ts'

const CUSTOMERS = 'shopify-customers'

/** The app loses its scopes for two requests: those runs fail, and the next one goes on. */
export const SCOPES_TAKEN: Event = {
  name: 'the shop takes the app’s scopes, and gives them back',
  async happens(day, wave) {
    const wanted = (await hits(day, 'shopify', 'no-scopes')) + 2
    await day.shop.control.faults({ add: [{ kind: 'no-scopes', field: 'customers', times: 2 }] })
    await sell(day, wave)
    await until(
      'the shop denies access twice',
      async () => (await hits(day, 'shopify', 'no-scopes')) >= wanted,
    )
  },
}

/** Another version of the API answers than was asked, so nothing it says is believed until a person has looked. */
export const FALLEN_FORWARD: Event = {
  name: 'another version of the shop’s API answers, and a person resumes',
  async happens(day, wave) {
    await day.shop.control.faults({ add: [{ kind: 'fall-forward', field: 'customers' }] })
    await sell(day, wave)
    await stands(day, CUSTOMERS, 'halted')
    await resumeAll(day, 'it is the version we asked for again')
    day.oracle.raised('CRITICAL', `${CUSTOMERS}: a run is halted`)
    day.oracle.recovered(`${CUSTOMERS}: a run is halted`)
  },
}
