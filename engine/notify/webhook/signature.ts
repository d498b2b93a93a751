import { createHmac } from 'node:crypto'

/**
 * The header `Tidelock-Signature`: `t=SECONDS,v1=HEX`, an HMAC-SHA256 over `SECONDS.BODY`. The time is signed too, so that a post
 * that was overheard cannot be sent again later. docs/channels.md says how a receiver verifies it.
 */
export function signatureOf(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000)
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
