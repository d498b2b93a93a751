import { deadLetters, parkedMappings } from '../../store/dead-letters.ts'
import { prefixText } from '../../temporal/names.ts'
import { type Invocation, UsageError } from '../command.ts'
import type { Session } from '../session.ts'
import { refuseUnapplied } from '../unknown-mapping.ts'

/**
 * Throws `UsageError` where `--mapping` or `--cluster` name nothing there is: that none fits such a name would read as if all were
 * well. With `--all` a cause may be settled.
 */
export async function refuseUnknown({ options }: Invocation, session: Session): Promise<void> {
  const { mapping, cluster, all, state } = options
  const scope = prefixText(session.prefix)
  if (typeof mapping === 'string')
    await refuseUnapplied(session, mapping, await parkedMappings(session.store, scope))
  if (typeof cluster !== 'string') return
  const open = all === true || state !== undefined ? {} : { open: true }
  const [one] = await deadLetters(session.store, scope, { cluster, ...open, limit: 1 })
  if (one === undefined)
    throw new UsageError(`There is no cluster ${cluster}; see dead-letters list --clusters`)
}
