import type { Delivery } from '../core/alert/channel.ts'
import { SyncError } from '../core/model/failure.ts'
import { certificateHint } from './certificate.ts'

/** The longest an attempt takes. Well below the time for which a channel is held, so that nobody else begins meanwhile. */
const LONGEST_MS = 30_000

/** Runs an attempt; what stands in its way becomes a value. Throws only when `signal` is aborted, and bugs. */
export async function attempt(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Delivery>,
): Promise<Delivery> {
  const timeout = AbortSignal.timeout(LONGEST_MS)
  try {
    return await work(AbortSignal.any([signal, timeout]))
  } catch (error) {
    if (signal.aborted) throw error
    if (timeout.aborted) return unavailable(`There was no answer within ${LONGEST_MS / 1000} s.`)
    if (!(error instanceof SyncError)) throw error
    if (error.kind === 'throttled')
      return {
        status: 'later',
        why: 'throttled',
        message: error.message,
        hint: '',
        retryAfterMs: error.retryAfterMs ?? null,
      }
    // What the guard refuses, or a secret that cannot be had: somebody has to change a file.
    if (error.kind !== 'unavailable') return refused(error.message, '')
    return unavailable(error.message, certificateHint(String(error.fields['code'] ?? '')) ?? undefined)
  }
}

/** It may work later. */
export function unavailable(
  message: string,
  hint = 'Look whether the service is up and can be reached from the worker.',
): Delivery {
  return { status: 'later', why: 'unavailable', message, hint, retryAfterMs: null }
}

/** Nothing that goes to the channel will arrive before somebody acts. */
export function refused(message: string, hint: string): Delivery {
  return { status: 'refused', of: 'channel', message, hint }
}
