import type { Delivery } from '../../core/alert/channel.ts'
import { refused, unavailable } from '../attempt.ts'
import { certificateHint } from '../certificate.ts'
import { oneLine } from '../text.ts'

/** What nodemailer's errors carry. */
interface MailError {
  readonly code?: string
  readonly originalCode?: string
  readonly responseCode?: number
  readonly response?: string
  readonly command?: string
  readonly timeoutType?: string
  readonly message: string
}

const SAME_AGAIN =
  'Whether the mail arrived is not known: it is sent again with the same Message-ID, by which mail systems tell doubles.'

/** What an error of a mail server means: 4xx later, 5xx never. `secret`: the one that holds its address; `server`: its host. */
export function mailFault(error: unknown, server: string, secret: string): Delivery {
  const { code = '', originalCode = '', responseCode, response, command = '', message } = error as MailError
  const at = command === '' || command === 'CONN' ? '' : ` to ${command.split(' ')[0]}`
  const said = `${server} answered ${oneLine(response ?? '', 200)}${at}.`
  if (code === 'ETLS' || certificateHint(`${originalCode}`) !== null)
    return tlsFault(error as MailError, server)
  if (code === 'EAUTH' && responseCode !== undefined && responseCode >= 500)
    return refused(said, `Look at user and password in the secret "${secret}".`)
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500)
    return unavailable(said, 'The server asks to try again later.')
  if (code === 'EMESSAGE' && responseCode !== undefined)
    return { status: 'refused', of: 'message', message: said, hint: 'It takes other mail.' }
  if (responseCode !== undefined)
    return refused(said, 'Look at the addresses in channels.yaml and at what the server lets this user send.')
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return refused(
      `${server} wants a login: ${oneLine(message, 200)}.`,
      `Look at user and password in the secret "${secret}".`,
    )
  const broken = `${server} gave no answer (${originalCode || code || 'unknown'}: ${oneLine(message, 150)}).`
  return mayHaveArrived(error as MailError) ? unavailable(broken, SAME_AGAIN) : unavailable(broken)
}

function tlsFault({ message, originalCode = '', response, command }: MailError, server: string): Delivery {
  if (command === 'STARTTLS' && response !== undefined)
    return unavailable(
      `${server} does not offer STARTTLS, and mail is not sent in plain text.`,
      'Where the server takes TLS at once, write smtps://; otherwise somebody between here and the server took STARTTLS away.',
    )
  const text = oneLine(message, 200)
  const reason = text.replace(/^Error initiating TLS - /, '')
  return unavailable(
    `The connection to ${server} could not be encrypted: ${reason}.`,
    certificateHint(originalCode) ??
      certificateHint(reason) ??
      'Look whether the port speaks what the address says: smtps:// is TLS at once, smtp:// STARTTLS.',
  )
}

/** Where the connection broke in the middle it is not known how far the mail got. */
function mayHaveArrived({ timeoutType, message }: MailError): boolean {
  return timeoutType === 'SOCKET_TIMEOUT' || message.startsWith('Connection closed unexpectedly')
}
