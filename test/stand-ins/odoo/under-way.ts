import type { ServerResponse } from 'node:http'

/** A call that is done and whose answer is held back. */
export interface Held {
  readonly model: string
  readonly method: string
  /** The client's end of the connection. */
  readonly port: number
}

/** Calls that go on when nobody looks: answers held back, and work whose client is gone. */
export interface UnderWay {
  /** True when the answer may go out; false when the client has given up. */
  hold(call: Omit<Held, 'port'>, response: ServerResponse, mostMs?: number): Promise<boolean>
  /** What is held now; waits up to `withinMs` for the first one. */
  held(withinMs: number): Promise<readonly Held[]>
  /** Lets all answers out. Gives how many. */
  release(): number
  /** Begins with it `ms` later. */
  later(ms: number, run: () => void): void
  /** How many wait for that. */
  waiting(): number
  /** Begins with all of it now. Gives how many. */
  finish(): number
}

export function createUnderWay(): UnderWay {
  const held = new Map<Held, (mayGo: boolean) => void>()
  const listening: (() => void)[] = []
  const later = new Map<() => void, NodeJS.Timeout>()
  return {
    async hold({ model, method }, response, mostMs) {
      const call = { model, method, port: response.socket?.remotePort ?? 0 }
      const mayGo = await new Promise<boolean>((resolve) => {
        held.set(call, resolve)
        response.once('close', () => resolve(false))
        if (mostMs !== undefined) setTimeout(() => resolve(true), mostMs).unref()
        for (const tell of listening.splice(0)) tell()
      })
      held.delete(call)
      return mayGo
    },
    async held(withinMs) {
      if (held.size === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs)
          listening.push(() => {
            clearTimeout(timer)
            resolve()
          })
        })
      }
      return [...held.keys()]
    },
    release() {
      const { size } = held
      for (const resolve of held.values()) resolve(true)
      return size
    },
    later(ms, run) {
      const begin = () => {
        clearTimeout(later.get(begin))
        later.delete(begin)
        run()
      }
      later.set(begin, setTimeout(begin, ms).unref())
    },
    waiting: () => later.size,
    finish() {
      const { size } = later
      for (const begin of [...later.keys()]) begin()
      return size
    },
  }
}
