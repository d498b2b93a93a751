import type { ServerResponse } from 'node:http'

/** A call that is done and whose answer is held back. */
export interface Held {
  readonly model: string
  readonly method: string
}

/** Answers held back, so that a test can do something between the commit and the answer. */
export interface Holds {
  /** True when the answer may go out; false when the client has given up. */
  hold(call: Held, response: ServerResponse): Promise<boolean>
  /** What is held now; waits up to `withinMs` for the first one. */
  held(withinMs: number): Promise<readonly Held[]>
  /** Lets all answers out. Gives how many. */
  release(): number
}

export function createHolds(): Holds {
  const held = new Map<Held, (mayGo: boolean) => void>()
  const waiting: (() => void)[] = []
  return {
    async hold({ model, method }, response) {
      const call = { model, method }
      const mayGo = await new Promise<boolean>((resolve) => {
        held.set(call, resolve)
        response.once('close', () => resolve(false))
        for (const tell of waiting.splice(0)) tell()
      })
      held.delete(call)
      return mayGo
    },
    async held(withinMs) {
      if (held.size === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs)
          waiting.push(() => {
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
  }
}
