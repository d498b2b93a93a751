/** The leaky bucket of an app at a shop: admission on what a query asks for, charged what it used. */
export interface Bucket {
  status(): { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }
  admits(cost: number): boolean
  charge(cost: number): void
  empty(): void
}

export function createBucket(capacity: number, perSecond: number, now: () => number): Bucket {
  let available = capacity
  let at = now()
  const refill = () => {
    const time = now()
    available = Math.min(capacity, available + (Math.max(0, time - at) / 1000) * perSecond)
    at = time
  }
  return {
    status() {
      refill()
      return { maximumAvailable: capacity, currentlyAvailable: Math.floor(available), restoreRate: perSecond }
    },
    admits(cost) {
      refill()
      return available >= cost
    },
    charge(cost) {
      available -= cost
    },
    empty() {
      refill()
      available = 0
    },
  }
}
