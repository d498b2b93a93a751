import { afterAll, beforeAll, describe } from 'vitest'
import type { Connection, TargetShape } from '../../engine/core/model/connector.ts'
import type { Selection } from '../../engine/core/model/selection.ts'
import { lawsOfReading } from './reading.ts'
import { lawsOfWriting } from './writing.ts'

/** A connector under test, opened against a system with at least 45 records of the resource in it. */
export interface Subject {
  readonly connection: Connection
  /** The same, opened with credentials that the system refuses. */
  readonly refused: Connection
  readonly read: {
    readonly resource: string
    /** At least one field that `change` changes. */
    readonly selection: Selection
    /** All keys the source has. */
    keys(): Promise<readonly string[]>
    /** Changes one record at the source, so that its selected fields differ: its key. */
    change(): Promise<string>
  }
  /** Null for a connector that only reads. */
  readonly write: {
    readonly shape: TargetShape
    /** A field that takes any text. */
    readonly text: string
    /** A field and a value that the target refuses. */
    readonly bad: { readonly field: string; readonly value: string }
    count(): Promise<number>
    textOf(targetId: string): Promise<unknown>
  } | null
  /** Values of secrets, wrong ones included: none may stand in an error. */
  readonly secrets: readonly string[]
  /** Every answer takes so long from now on; 0 ends it. */
  slow(ms: number): Promise<unknown>
  close(): Promise<void>
}

/** The laws every connector obeys, by what it can do. Each calls the connection only through the contract. */
export function describeConnector(
  name: string,
  capabilities: readonly ('read' | 'write')[],
  setUp: () => Promise<Subject>,
): void {
  describe(`${name} keeps the contract`, () => {
    let subject: Subject
    beforeAll(async () => {
      subject = await setUp()
    })
    afterAll(() => subject.close())

    if (capabilities.includes('read')) lawsOfReading(() => subject)
    if (capabilities.includes('write')) lawsOfWriting(() => subject)
  })
}
