import type { Delivery } from '../../core/alert/channel.ts'
import type { HttpReply } from '../../core/model/connector.ts'
import { declined } from '../answer.ts'
import { refused, unavailable } from '../attempt.ts'

const NEW_WEBHOOK =
  'Make a new incoming webhook in Slack (api.slack.com/apps, your app, Incoming Webhooks) and put its address into the secret'

/** What to do about each plain-text error. Null: the message is at fault, not the channel. */
const ERRORS: Readonly<Record<string, string | null>> = {
  invalid_payload: null,
  invalid_blocks: null,
  no_text: null,
  too_many_attachments: null,
  no_service: `The webhook was removed, or the address is not complete. ${NEW_WEBHOOK}`,
  no_service_id: `The address of the webhook is not complete. ${NEW_WEBHOOK}`,
  no_team: `The workspace of the webhook is not there. ${NEW_WEBHOOK}`,
  team_disabled: `The workspace is switched off. ${NEW_WEBHOOK}`,
  no_active_hooks: `The app's incoming webhooks are switched off: switch them on, or make a new one. ${NEW_WEBHOOK}`,
  invalid_token: `The token in the address is not valid any more. ${NEW_WEBHOOK}`,
  user_not_found: `The person the webhook writes to is not there. ${NEW_WEBHOOK}`,
  channel_not_found: `The Slack channel of the webhook is not there. ${NEW_WEBHOOK}`,
  channel_is_archived: `The Slack channel is archived: take it out of the archive, or choose another one. ${NEW_WEBHOOK}`,
  action_prohibited:
    'An administrator of the workspace forbids apps to post there: ask for leave, or choose another channel. Afterwards put the address into the secret',
  posting_to_general_channel_denied: `Only some people may post to the general channel: choose another one. ${NEW_WEBHOOK}`,
}

/** What an answer of an incoming webhook means: only 200 with `ok` is a success. `secret`: the name of the one that holds the address. */
export function slackDelivery(reply: HttpReply, secret: string): Delivery {
  const error = reply.body.trim()
  if (reply.status === 200 && error === 'ok') return { status: 'sent', message: 'Slack answered ok.' }
  if (reply.status !== 429 && Object.hasOwn(ERRORS, error)) {
    const message = `Slack answered ${reply.status}: ${error}`
    const advice = ERRORS[error] ?? null
    return advice === null
      ? { status: 'refused', of: 'message', message, hint: 'This is a fault of Tidelock: please report it.' }
      : refused(message, `${advice} "${secret}".`)
  }
  if (reply.status === 200)
    return unavailable(
      'Slack answered 200 without "ok".',
      `Something else than Slack answers at the address in the secret "${secret}".`,
    )
  return declined(reply, 'Slack')
}
