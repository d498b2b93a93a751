import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { Fault } from './fault.ts'

/** One call of a method of a model, whatever the protocol. */
export interface Call {
  readonly model: string
  readonly method: string
  /** The records it is called on. Left out for methods of the model; never empty. */
  readonly ids?: readonly number[]
  /** By the names of the parameters. */
  readonly args?: JsonObject
  /** Added to the context of the connection. */
  readonly context?: JsonObject
  /** Without company and language: to find out whether these are right. */
  readonly bare?: boolean
  readonly purpose: 'read' | 'write'
  readonly signal: AbortSignal
}

export type Reply =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly fault: Fault }
