import type { Path } from '../document.ts'
import { nearOrAll, type Rule } from './rule.ts'

export const channelsExist: Rule = ({ repository, allAreSound, add }) => {
  if (repository.channels === null && !allAreSound) return
  const names = Object.keys(repository.channels?.value.channels ?? {})
  for (const { document, value } of Object.values(repository.mappings)) {
    for (const [index, alert] of (value.alerts ?? []).entries()) {
      const told: readonly (readonly [Path, readonly string[]])[] = [
        [['notify'], alert.notify],
        [['escalate', 'notify'], alert.escalate?.notify ?? []],
      ]
      for (const [path, channels] of told) {
        for (const [position, channel] of channels.entries()) {
          if (names.includes(channel)) continue
          add(document, ['alerts', index, ...path, position], {
            code: 'unknown-channel',
            message: `There is no channel "${channel}".`,
            hint: nearOrAll(channel, names) ?? 'Declare it in mappings/channels.yaml.',
          })
        }
      }
    }
  }
}
