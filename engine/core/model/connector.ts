import type { AuthSpec, CredentialSource } from './auth.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { FieldType } from './recorded.ts'
import type { Selection } from './selection.ts'

/** A system we read from or write to. Static facts here; nothing is contacted until `open`. */
export interface Connector {
  readonly name: string
  /** JSON Schema (2020-12) of `settings` and `auth` in a connection file of this connector. */
  readonly configSchema: JsonObject
  readonly facts: ConnectorFacts
  /**
   * Where a person finds a record in the system's own pages, by its key at the source or its id at the target; null where no page
   * is known. Nothing is asked of the system.
   */
  recordUrl(definition: ConnectionDefinition, resource: string, id: string): string | null
  /** How a connection proves who it is, as its file says. Contacts nothing. Left out: it needs no credentials. */
  auth?(definition: ConnectionDefinition): AuthSpec
  open(definition: ConnectionDefinition, host: Host): Promise<Connection>
}

export interface ConnectorFacts {
  /** How far behind the highest stamp seen the next run begins, so that late commits are seen. Milliseconds. */
  readonly lookbackMs: number
  /** The longest a request may still commit after its connection died. Milliseconds. */
  readonly settleAfterMs: number
  /** The best number of records a read asks for. The connector may give fewer. */
  readonly pageSize: number
  /** The best number of records a write carries. */
  readonly batchSize: number
  /** How many writes of one run it takes well at the same time. `limits.concurrency` of the connection sets another number. */
  readonly concurrency: number
  /** Whether the same payload may be sent again at once for an open intent (create-or-update by key in one transaction). */
  readonly keyedWrites: boolean
}

/** One account at one system, as the connection file says, environment overrides applied. Secrets are names. */
export interface ConnectionDefinition {
  readonly name: string
  readonly connector: string
  readonly settings: JsonObject
  readonly auth: JsonObject
}

/** All a connector may reach. Tests hand in their own. */
export interface Host {
  /**
   * Sends one request and buffers the answer. Paced, counted, guarded (hosts a secret may go to, TLS, no redirects), no cookies.
   * Throws `unavailable` when no whole answer came (`maybeSent` says whether the request may have arrived), `throttled` when the
   * budget would be free only after longer than a leg may wait. HTTP errors are answers, not throws.
   */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>
  /** What the remote said of its budget; the next requests of all who call it are paced by it. */
  reportRate(rate: Rate): void
  /** The answer refused the call in a way that its status does not show (200 and "THROTTLED"): counted as a refusal. */
  reportRefusal(): void
  now(): number
  /** The value of a declared secret. Never put it anywhere but in a request. */
  secret(name: string): Promise<string>
  /** What proves who we are, renewed when it has to be, and shared with all other processes. */
  credential(spec: AuthSpec): CredentialSource
  log(message: string, fields?: JsonObject): void
}

export interface HttpRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Writes are counted apart. */
  readonly purpose: 'read' | 'write'
  /** What it will cost in the remote's own unit (Shopify: the query's requested cost). Default 1. */
  readonly cost?: number
  /** Names of the secrets that the request carries: checked against the hosts they may be sent to. */
  readonly secrets: readonly string[]
}

export interface HttpReply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a remote said of its budget: a counter with a reset, or a bucket that refills. */
export type Rate =
  | {
      readonly kind: 'window'
      /** Where there are several (`minute`, `day`): which. (Default: window) */
      readonly of?: string
      /** How many calls it allows, where that is told: a share of it can stay free for people. */
      readonly limit?: number
      readonly remaining: number
      readonly resetsInMs: number
    }
  | {
      readonly kind: 'bucket'
      readonly available: number
      readonly capacity: number
      readonly perSecond: number
    }

export interface Connection {
  readonly facts: ConnectorFacts
  /** What stands in the way of a run and can be known before its first page. Empty when nothing does. */
  preflight(needs: Needs, signal: AbortSignal): Promise<readonly Problem[]>
  /** The scopes the credentials carry now, in the form of `scopes:`; null where the system cannot tell. */
  grantedScopes(needs: Needs, signal: AbortSignal): Promise<JsonValue>
  /** Scopes that the credentials carry and that none of these uses needs. Left out where the system cannot tell, or has no narrower ones. */
  unneededScopes?(uses: readonly Needs[], signal: AbortSignal): Promise<readonly string[]>
  /** The live shape of a resource, in the form of a recorded schema; compared with the recorded one to see drift. */
  discover(resource: string, signal: AbortSignal): Promise<JsonObject>
  /** Records after `cursor`, oldest change first. May be repeated: nothing is lost by asking again. */
  readPage(request: PageRequest): Promise<Page>
  /** These records, these fields. Keys that the source does not have are left out of the answer. */
  readKeys(request: KeysRequest): Promise<readonly SourceRecord[]>
  /** All keys the source has now, a page at a time (for `gone`). */
  listKeys(request: ListKeysRequest): Promise<KeyPage>
  /** Exactly one outcome per item, in the order given. A batch never fails for one record. Same key twice has the effect of once. */
  upsert(request: UpsertRequest): Promise<readonly Outcome[]>
  /** Records at the target by external key, by id, or by the exact value of a field; several rows a value where several match. */
  lookUp(request: LookUpRequest): Promise<readonly FoundRecord[]>
  /** External keys by target id; records without one are left out. */
  keysOf(request: KeysOfRequest): Promise<ReadonlyMap<string, string>>
  /** Runs a named action on records. State is read by the caller first. One outcome per id, in order. */
  act(request: ActRequest): Promise<readonly ActOutcome[]>
  /** Whom the credentials belong to and when they end, by the cheapest call that needs them. */
  identify?(signal: AbortSignal): Promise<Identity>
  /** Where keys can be made and revoked by program. */
  readonly keys?: KeyMaker
  close(): Promise<void>
}

/** Who the remote system takes us for. */
export interface Identity {
  readonly account: string
  /** The key that ends first, where the system says so (epoch ms), and what a person does to get a new one. */
  readonly ends: { readonly of: string; readonly at: number; readonly steps: string } | null
}

/** Changes the key of a connection for a new one. Each step may be repeated. */
export interface KeyMaker {
  /** How long before its end a key is changed; null: that is left to people. Milliseconds. */
  readonly beforeMs: number | null
  /** A new key beside the present one. `absent`: this system cannot; `refused`: it will not, and why. */
  make(
    name: string,
    signal: AbortSignal,
  ): Promise<
    | { readonly status: 'made'; readonly value: string; readonly endsAt: number }
    | { readonly status: 'absent' }
    | { readonly status: 'refused'; readonly message: string }
  >
  /** Whether a key is taken, for the same user. */
  proves(value: string, signal: AbortSignal): Promise<boolean>
  /** Makes `value` useless, in the name of the key in use now. True also when it was useless already. */
  revoke(value: string, signal: AbortSignal): Promise<boolean>
}

/** What a mapping will do with the connection: resources with the operations needed (`read`, `create`, `write`, `unlink`) or flat scopes. */
export interface Needs {
  readonly direction: 'source' | 'target'
  readonly resource: string
  readonly scopes: JsonValue
  /** A read begins at this instant (ISO), null: from the beginning. */
  readonly since: string | null
}

export interface Problem {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint: string
}

/** Where a read stands. Opaque to all but the connector; JSON; the store keeps it. */
export type Cursor = JsonObject

export interface PageRequest {
  readonly resource: string
  readonly selection: Selection
  /** Null: from `since`, or from the beginning. */
  readonly cursor: Cursor | null
  readonly since: string | null
  readonly limit: number
  readonly lookbackMs: number
  readonly signal: AbortSignal
}

export interface Page {
  readonly records: readonly SourceRecord[]
  /** Where to resume, given on the last page too. A cursor given with `caughtUp` begins the next run, `lookbackMs` back. */
  readonly next: Cursor
  readonly caughtUp: boolean
}

export interface SourceRecord {
  /** The source's own id of the record, unique in the resource. */
  readonly key: string
  /** The source's own stamp of the last change: ISO instant, comparable as text among records of one resource. */
  readonly stamp: string
  /** The selected fields in the shape of the recorded schema: plain arrays, null for absent, decimals as text. */
  readonly data: JsonObject
}

export interface KeysRequest {
  readonly resource: string
  readonly selection: Selection
  readonly keys: readonly string[]
  readonly signal: AbortSignal
}

export interface ListKeysRequest {
  readonly resource: string
  readonly cursor: Cursor | null
  readonly limit: number
  readonly signal: AbortSignal
}

export interface KeyPage {
  readonly keys: readonly string[]
  readonly next: Cursor | null
}

/** The type of every field that may be written, and of the lines' fields. Names are those of the target's version. */
export interface TargetShape {
  readonly resource: string
  readonly fields: { readonly [field: string]: TargetField }
}

export interface TargetField {
  readonly type: FieldType
  /** The resource a reference points to, or the resource of the lines. */
  readonly relation?: string
  readonly required?: boolean
  /** It says something of a person: masked wherever people look until they open it. */
  readonly personal?: true
  /** For lines. */
  readonly lines?: TargetShape
}

/**
 * A mapped value. By type: text, html, selection, binary → text; decimal, float → decimal text without exponent; integer → number;
 * boolean; date → `YYYY-MM-DD`; datetime → `YYYY-MM-DDTHH:MM:SSZ`; many2one → target id as text; many2many → list of ids.
 * Null clears.
 */
export type FieldValue = null | boolean | number | string | readonly string[]
export type FieldValues = Readonly<Record<string, FieldValue>>

export interface UpsertRequest {
  readonly shape: TargetShape
  readonly items: readonly UpsertItem[]
  readonly signal: AbortSignal
}

export interface UpsertItem {
  /** The external key. With `targetId` given and `adopted`, the record is written by id and the key is not sent. */
  readonly key: string
  readonly targetId: string | null
  readonly adopted: boolean
  /** Only what has to be sent: all mapped fields of a new record, the changed ones of a known one. */
  readonly fields: FieldValues
  /** Sent only when the record is created by this very call. The connector finds out which records it creates. */
  readonly firstTimeFields: FieldValues
  /** A write got no answer that may have created it: whether its first-time fields are there is not known. Those still empty are sent. */
  readonly mayBeNew?: boolean
  readonly lines: readonly UpsertLine[]
  readonly removedLines: readonly RemovedLine[]
}

export interface UpsertLine {
  /** The field of the parent that holds the lines. */
  readonly field: string
  readonly key: string
  /** Of a line taken over: it is written by this id, and the key is not sent. */
  readonly adoptedId?: string
  readonly fields: FieldValues
}

/** A line that left the source. `values` null: remove it; else: write these values. */
export interface RemovedLine {
  readonly field: string
  readonly key: string
  readonly adoptedId?: string
  readonly values: FieldValues | null
}

/**
 * What was sent for one record and what came back, for people who ask why it was refused: the method and where it was called, the row or
 * the arguments of this record alone, and what was answered to it. Never a header or a traceback. It may be long and hold anything that
 * the record holds: the engine takes secrets out, cuts it, and keeps it sealed.
 */
export interface Exchange {
  readonly request: string
  readonly response: string
}

export type Outcome =
  | { readonly status: 'created' | 'updated'; readonly targetId: string }
  /** `class` is one of dead-letter.ts; `field` names the target field, `line` the key of the line, where known. */
  | {
      readonly status: 'rejected'
      readonly class: 'rejected' | 'permission' | 'conflict' | 'too-large' | 'deleted-at-target'
      readonly message: string
      readonly field: string | null
      readonly line: string | null
      /** Left out where nothing was sent for it. */
      readonly exchange?: Exchange
    }
  /** Whether it was written is not known: settled by sending again or by look-up. */
  | { readonly status: 'unknown'; readonly message: string }
  /** Certainly not written (the call was stopped or rolled back for another reason): may be sent again at once. */
  | { readonly status: 'unattempted' }

export interface LookUpRequest {
  readonly resource: string
  /** `key`: external keys (any `module.name`); `id`: target ids; otherwise a field compared exactly. */
  readonly by:
    | { readonly kind: 'key' }
    | { readonly kind: 'id' }
    | { readonly kind: 'field'; readonly field: string }
  readonly values: readonly string[]
  /** Further exact conditions on the record, by field. */
  readonly where: Readonly<Record<string, string | number | boolean>>
  /** Fields wanted back (of `id` nothing but existence when empty). */
  readonly fields: readonly string[]
  /** Archived records too. Default false. */
  readonly archived?: boolean
  /** By a field: an email address is the same in large and small letters, if the system can tell. Default: compared exactly. */
  readonly alike?: boolean
  readonly signal: AbortSignal
}

export interface KeysOfRequest {
  readonly resource: string
  readonly ids: readonly string[]
  readonly signal: AbortSignal
}

export interface FoundRecord {
  /** The value asked for. */
  readonly value: string
  readonly id: string
  /** In the form of {@link SourceRecord.data}: decimals as text, many2one as id text. */
  readonly fields: JsonObject
}

export interface ActRequest {
  readonly resource: string
  readonly action: string
  readonly ids: readonly string[]
  readonly signal: AbortSignal
}

export type ActOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'rejected'; readonly message: string; readonly exchange?: Exchange }
  | { readonly status: 'unknown'; readonly message: string }
