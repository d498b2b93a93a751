import type { Day, Wave } from '../day.ts'

/** Something that goes wrong or is mended, and the proof that it did: an event that does not happen throws. */
export interface Event {
  readonly name: string
  happens(day: Day, wave: Wave): Promise<void>
}
