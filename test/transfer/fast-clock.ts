const REAL = Date.UTC(2026, 0, 1)

/** Epoch milliseconds that pass `speed` times as fast as real ones, the same in all processes of this machine. */
export function fastClock(speed: number): () => number {
  return () => Math.floor(REAL + (performance.timeOrigin + performance.now() - REAL) * speed)
}
