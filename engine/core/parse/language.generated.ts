// Generated from schemas/language by `npm run generate`. Do not edit.

export declare namespace ConnectionFiles {
/**
 * One account at one system.
 */
export interface ConnectionFile {
/**
 * Version of the language. Stands first.
 */
tidelock: 1
/**
 * What mappings call it.
 */
connection: string
/**
 * The kind of system: odoo, shopify, rest, csv.
 */
connector: string
/**
 * A shipped description of an API, for connector: rest.
 */
preset?: string
/**
 * What the connector needs to know: address, version, company. Each connector has its own.
 */
settings?: {

}
/**
 * Credentials, by the names of secrets.
 */
auth?: {

}
limits?: Limits
/**
 * What calls cost.
 */
price?: {
/**
 * What a thousand calls cost.
 */
per1000Calls: number
/**
 * What 1,000,000,000 bytes of its answers cost.
 */
perGB?: number
/**
 * A currency of three letters: EUR.
 */
currency: string
}
/**
 * The day on which this system is replaced: 2027-06-30. Less than six months ahead fails readiness.
 */
replacedOn?: (string | null)
}
/**
 * Our own limits, below those of the remote system.
 */
export interface Limits {
/**
 * Calls a second.
 */
perSecond?: number
/**
 * Calls a minute.
 */
perMinute?: number
/**
 * Calls a day.
 */
perDay?: number
/**
 * Calls a month.
 */
perMonth?: number
/**
 * Calls at the same time.
 */
concurrency?: number
/**
 * The share that stays free for people: 10%.
 */
reserve?: string
/**
 * The zone in which a day and a month of these limits begin, such as Europe/Brussels. (Default: UTC)
 */
timezone?: string
/**
 * The longest a write may still take effect after its connection died: 130s.
 */
settleAfter?: string
}
}
export type ConnectionFile = ConnectionFiles.ConnectionFile

export declare namespace MappingFiles {
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
export type Expression = ((string | number | boolean) | Constant)
/**
 * An expression, { constant: … }, { value: …, firstTimeOnly: true }, a list of line blocks (each, as, identity, fields), or a record of its own (as, when, otherwise, fields).
 */
export type Field = (Expression | FirstTimeValue | [LineBlock, ...(LineBlock)[]] | OwnRecord)
/**
 * What the field is filled with: an expression, { constant: … }, or { value: …, firstTimeOnly: true }.
 */
export type Value = (Expression | FirstTimeValue)
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
export type Duration = string
/**
 * A share from 0% to 100%, such as 20%.
 */
export type Percent = string
/**
 * One of failures, rejected, silence, oldestDeadLetter, tokenDaysLeft, budgetUsed, drift, runDuration; and whom to notify.
 */
export type Alert = ({
/**
 * Records newly parked (not those that only wait) and runs that failed or halted: { atLeast: 5, within: 1h }.
 */
failures: {
/**
 * How many.
 */
atLeast: number
within: Duration
/**
 * Only records, or only runs. Default: both.
 */
of?: ("records" | "runs")
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
} | {
/**
 * Records that could not be delivered: { share: 5%, within: 1d }.
 */
rejected: {
share: Percent
within: Duration
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
} | {
/**
 * Nothing came: { of: records, longerThan: 3h }.
 */
silence: {
/**
 * What is missing.
 */
of: ("records" | "runs")
longerThan: Duration
/**
 * Weekdays, hours and zone in which silence counts: MON-FRI 08:00-18:00 Europe/Brussels. Default: always.
 */
during?: string
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
} | {
/**
 * A dead letter that nobody decided: { olderThan: 1d }.
 */
oldestDeadLetter: {
olderThan: Duration
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
} | {
/**
 * Credentials that end soon: { lessThan: 14 }.
 */
tokenDaysLeft: {
/**
 * Days.
 */
lessThan: number
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
} | {
/**
 * The share of the day's or month's calls: { moreThan: 80% }.
 */
budgetUsed: {
moreThan: Percent
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
} | {
/**
 * The API looks different than recorded: { atLeast: mapped }.
 */
drift: {
/**
 * From which kind of difference on.
 */
atLeast: ("added" | "unused" | "mapped")
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
} | {
/**
 * A run that takes long: { longerThan: 30m }.
 */
runDuration: {
longerThan: Duration
}
notify: Notify
severity?: Severity
quiet?: Quiet
escalate?: Escalate
})
/**
 * Channels to tell, as channels.yaml names them.
 * 
 * @minItems 1
 */
export type Notify = [string, ...(string)[]]
/**
 * How loud. Default: warning; critical goes through quiet hours.
 */
export type Severity = ("info" | "warning" | "critical")
/**
 * Weekdays, hours and zone in which nobody is told unless it is critical: MON-SUN 22:00-07:00 Europe/Brussels. Hours may run over midnight; what was held is told when they end, if it still holds.
 */
export type Quiet = string

/**
 * One flow: which records, which fields, when, with which rights.
 */
export interface MappingFile {
/**
 * Version of the language. Stands first.
 */
tidelock: 1
/**
 * Its name: one a repository.
 */
mapping: string
/**
 * What the flow does, for people.
 */
description?: string
/**
 * Who answers for it.
 */
owner?: string
/**
 * First part of every key this mapping writes. Default: its name at first apply.
 */
keys?: string
/**
 * The mapping has another name than before. What it delivered, parked and read under the old one stays its own.
 */
moved?: {
/**
 * The name it had before: shopify-orders.
 */
from: string
}
/**
 * Where records come from.
 */
source: {
/**
 * A connection by its name.
 */
connection: string
/**
 * One kind of record there: orders.
 */
resource: string
/**
 * What expressions call the record: order.
 */
as: string
/**
 * Nothing older is read. A day and time with its zone: 2026-10-01T00:00:00Z.
 */
since?: string
/**
 * Records for which one of these is not true are left out, and counted under its reason.
 */
keep?: {
/**
 * True for records to keep.
 */
when: ((string | number | boolean) | Constant)
/**
 * The reason the others are counted under.
 */
otherwise: string
/**
 * Judged only until the record has been delivered once.
 */
firstTimeOnly?: boolean
}[]
}
/**
 * Where records go.
 */
target: {
/**
 * A connection by its name.
 */
connection: string
/**
 * One kind of record there: sale.order.
 */
resource: string
/**
 * What makes the record the same record: order.id. A rerun finds it again by this.
 */
identity: (Expression | [Expression, ...(Expression)[]])
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
label?: ((string | number | boolean) | Constant)
/**
 * First contact: take over what stands there already, found by this field, instead of doubling it.
 */
adopt?: {
/**
 * A field of the target, or several that must all agree.
 */
by: (string | [string, ...(string)[]])
}
/**
 * When the record disappears at the source. Default: ignore.
 */
gone?: ("ignore" | "archive" | "cancel" | "delete")
/**
 * When this file changes: new (from now on) or all (rewrite what is there). Default: new.
 */
changed?: ("new" | "all")
/**
 * When a person deleted the record at the target. Default: park.
 */
deletedAtTarget?: ("park" | "recreate")
}
/**
 * Source fields that say something of a person, beside those known to: order.note. Masked in the review table, alerts and logs.
 */
personal?: string[]
/**
 * Translations for table("name", key), reviewed like everything else. A value that is not listed parks the record.
 */
tables?: {
[k: string]: {
/**
 * What the value becomes.
 */
[k: string]: string | number | boolean
}
}
/**
 * The target's fields and what fills them.
 */
fields: {
[k: string]: Field
}
/**
 * Compared after the write and before `then`; what differs is parked.
 */
agree?: {
/**
 * A field that the target computes: amount_total.
 */
target: string
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
equals: ((string | number | boolean) | Constant)
/**
 * Cents from rounding twice go on a visible line of their own.
 */
adjust?: {
/**
 * The field with the lines: order_line.
 */
line: string
/**
 * The product of the line: ROUNDING.
 */
product: string
/**
 * The largest difference that is put right: 0.05.
 */
atMost: number
}
}[]
/**
 * Steps after the write, in this order.
 */
then?: {
/**
 * An action of the target: action_confirm.
 */
call: string
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
when?: ((string | number | boolean) | Constant)
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
unless?: ((string | number | boolean) | Constant)
}[]
/**
 * When it runs: { every: 5m } or { cron: "* /5 8-18 * * MON-FRI", timezone: Europe/Brussels }; jitter spreads the start.
 */
schedule?: ({
/**
 * 5m
 */
every: string
/**
 * 20s
 */
jitter?: string
} | {
/**
 * Minute, hour, day, month, weekday.
 */
cron: string
/**
 * Europe/Brussels. Default: UTC.
 */
timezone?: string
/**
 * 20s
 */
jitter?: string
})
/**
 * Who goes first when a budget runs short. Default: normal.
 */
priority?: ("high" | "normal" | "low")
/**
 * The rights the mapping needs, by connection; must equal what it uses.
 */
scopes?: {
/**
 * A list of rights, or a list for each resource: { sale.order: [read, create, write] }.
 */
[k: string]: string[] | {
[k: string]: ("read" | "create" | "write" | "unlink")[]
}
}
/**
 * What happens when something goes wrong.
 */
errors?: {
/**
 * How a run repeats what may heal: { first: 2s, max: 5m, attempts: 8 }.
 */
retry?: {
first?: Duration
max?: Duration
/**
 * How often at most.
 */
attempts?: number
}
/**
 * What happens to records that could not be delivered.
 */
parked?: {
/**
 * When a parked record is tried again: [15m, 2h, 1d].
 */
again?: Duration[]
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
escalate?: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
keepPayload?: string
}
/**
 * Stop when too many are rejected: { rejected: 20%, window: 50 }.
 */
halt?: {
rejected?: Percent
/**
 * Of how many judged records, across runs.
 */
window?: number
}
}
/**
 * What a difference does between the live API and what is recorded, or what it was under this plan: ignore, info (kept and shown), warning (also logged), halt.
 */
drift?: {
/**
 * A new field. Default: info.
 */
added?: ("ignore" | "info" | "warning" | "halt")
/**
 * A field that is not mapped went, or has another type. Default: info.
 */
unused?: ("ignore" | "info" | "warning" | "halt")
/**
 * A change to a field that is mapped. Default: halt.
 */
mapped?: ("ignore" | "info" | "warning" | "halt")
}
/**
 * When people are told.
 */
alerts?: Alert[]
/**
 * The questions asked before anything is built.
 */
readiness?: {
/**
 * What the flow saves.
 */
saves?: {
/**
 * Hours of work a week that it replaces.
 */
hoursPerWeek: number
/**
 * What one of them costs.
 */
hourlyCost: number
}
/**
 * What it costs.
 */
build?: {
/**
 * Once.
 */
cost: number
/**
 * Every year.
 */
maintenancePerYear?: number
/**
 * Who agreed to the cost.
 */
approvedBy?: string
}
/**
 * What it stands on.
 */
api?: {
/**
 * Where the API is documented: an address such as https://shopify.dev/docs.
 */
documentation: string
/**
 * Whether the vendor promises that it stays.
 */
stable?: boolean
}
}
/**
 * What recorded samples must become.
 */
tests?: {
/**
 * What is shown, as a sentence.
 */
name: string
/**
 * What comes in.
 */
given: {
/**
 * A recorded sample: orders/1042.
 */
sample: string
/**
 * What is different in it, by path: { "lineItems.0.sku": null }.
 */
change?: {

}
/**
 * Look-ups that find nothing, as they are written: match("product.product", "default_code", "MUG").
 */
missing?: string[]
/**
 * Whether the record was delivered before: firstTimeOnly is judged by it. Default: false.
 */
delivered?: boolean
}
/**
 * Whether nothing may come out that expect does not name. Default: false.
 */
exact?: boolean
/**
 * The fields that must come out; then: [action_confirm]; or parked: { at: field, class, message }; or filtered: reason.
 */
expect: {

}
}[]
}
/**
 * A value as it is, rather than an expression: { constant: Web }.
 */
export interface Constant {
/**
 * The value as it is; null clears the field.
 */
constant: (string | number | boolean | null)
}
/**
 * An expression with a condition on when it is written.
 */
export interface FirstTimeValue {
value: Expression
/**
 * Written only when the record is created; people may change it afterwards.
 */
firstTimeOnly?: boolean
}
/**
 * A line for each element of a list. Several blocks under one field add up.
 */
export interface LineBlock {
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
each: ((string | number | boolean) | Constant)
/**
 * What expressions call one element; also part of each line's key, so that renaming it makes new lines.
 */
as: string
/**
 * What makes a line the same line: line.id.
 */
identity: (Expression | [Expression, ...(Expression)[]])
/**
 * First contact: a line that stands on a record taken over is this one when it has the same values in these fields.
 */
adopt?: {
/**
 * A field of the line, or several that must all agree: product_id.
 */
by: (string | [string, ...(string)[]])
}
/**
 * When an element leaves the source: ignore the line, remove it, or { set: { field: value } }.
 */
gone?: (("ignore" | "remove") | {
/**
 * Values by field.
 */
set: {
[k: string]: string | number | boolean | null
}
})
fields: Values
}
/**
 * The fields, by their names at the target.
 */
export interface Values {
[k: string]: Value
}
/**
 * A record of this record's own, such as a delivery address: written first, keyed by the record's key and `as`; `when` false uses `otherwise`.
 */
export interface OwnRecord {
/**
 * Last part of the record's key: deliver-to.
 */
as: string
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
when?: ((string | number | boolean) | Constant)
/**
 * An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.
 */
otherwise?: ((string | number | boolean) | Constant)
fields: Values
}
/**
 * Who else is told when it still holds after a time: { after: 1h, notify: [boss] }.
 */
export interface Escalate {
after: Duration
notify: Notify
}
}
export type MappingFile = MappingFiles.MappingFile

export declare namespace ChannelsFiles {
/**
 * Weekdays, hours and zone in which this channel is told critical alerts only: MON-SUN 22:00-07:00 Europe/Brussels. Hours may run over midnight; what was held is told when they end, if it still holds.
 */
export type Quiet = string

/**
 * Where people are told.
 */
export interface ChannelsFile {
/**
 * Version of the language. Stands first.
 */
tidelock: 1
/**
 * Where people are told, by a name that alerts use.
 */
channels: {
/**
 * One of slack, email, webhook.
 */
[k: string]: {
/**
 * A Slack channel.
 */
slack: {
webhook: Secret
}
quiet?: Quiet
} | {
/**
 * Mail.
 */
email: {
/**
 * Whom to write to.
 * 
 * @minItems 1
 * 
 * Items: An address.
 */
to: [string, ...(string)[]]
smtp: Secret1
/**
 * The sender.
 */
from?: string
}
quiet?: Quiet
} | {
/**
 * A POST with JSON.
 */
webhook: {
/**
 * Where to post.
 */
url: (string | Secret2)
sign?: Secret3
}
quiet?: Quiet
}
}
}
/**
 * The secret that holds the webhook's address.
 */
export interface Secret {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
/**
 * The secret that holds the mail server's address: smtps://user:password@host.
 */
export interface Secret1 {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
/**
 * A secret by its name; temporal.yaml says where it comes from and where it may go.
 */
export interface Secret2 {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
/**
 * A secret by its name; temporal.yaml says where it comes from and where it may go.
 */
export interface Secret3 {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
}
export type ChannelsFile = ChannelsFiles.ChannelsFile

export declare namespace SettingsFiles {
/**
 * The text itself, or { secret: NAME }.
 */
export type TextOrSecret = (string | Secret)

/**
 * temporal.yaml: project, environments, secrets, worker.
 */
export interface SettingsFile {
/**
 * Version of the language. Stands first.
 */
tidelock: 1
/**
 * Prefix of schedule and workflow ids, ledger and lease. Renaming it makes new keys.
 */
project: string
/**
 * By name; every command takes --env. `default` is used without.
 */
environments: {
[k: string]: {
/**
 * Where Temporal is.
 */
temporal?: {
/**
 * host:port; null starts the local dev server.
 */
address?: (string | null)
/**
 * Default: default.
 */
namespace?: string
/**
 * Address of the Temporal UI, for the links in alerts: https://temporal.acme.example. Default: the dev server's own.
 */
ui?: string
/**
 * Default: tidelock.
 */
taskQueue?: string
/**
 * Client certificate and key.
 */
tls?: {
cert: Secret
key: Secret
}
/**
 * Payloads are encrypted with these keys.
 */
codec?: {
keys: Secret
}
}
/**
 * sqlite:PATH (one worker), postgres://… (several), or { url: { secret: NAME } } for an address with a password.
 */
store?: (string | {
url: TextOrSecret
})
keys?: Secret1
/**
 * What is different from the connection files, by connection.
 */
connections?: {
[k: string]: {
/**
 * Merged over the connection's settings.
 */
settings?: {

}
/**
 * Merged over the connection's credentials.
 */
auth?: {

}
limits?: Limits
}
}
}
}
/**
 * Where each secret comes from and where it may go.
 */
secrets?: {
[k: string]: {
/**
 * env:NAME, file:PATH or exec:COMMAND.
 */
from: string
/**
 * The only hosts it may be sent to. Not needed for Temporal, store and codec.
 * 
 * @minItems 1
 * 
 * Items: A host alone, without https:// and path: acme.odoo.com, or localhost:8069.
 */
to?: [string, ...(string)[]]
}
}
/**
 * The worker process.
 */
worker?: {
/**
 * How long one activity moves pages. Default: 60s.
 */
legBudget?: string
/**
 * How long a worker may be silent before its work is given to another one. Default: 30s.
 */
heartbeat?: string
/**
 * Runs at the same time.
 */
concurrency?: number
}
}
/**
 * A secret by its name; temporal.yaml says where it comes from and where it may go.
 */
export interface Secret {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
/**
 * A secret by its name; temporal.yaml says where it comes from and where it may go.
 */
export interface Secret1 {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
/**
 * Our own limits, below those of the remote system.
 */
export interface Limits {
/**
 * Calls a second.
 */
perSecond?: number
/**
 * Calls a minute.
 */
perMinute?: number
/**
 * Calls a day.
 */
perDay?: number
/**
 * Calls a month.
 */
perMonth?: number
/**
 * The zone in which a day and a month of these limits begin, such as Europe/Brussels. (Default: UTC)
 */
timezone?: string
/**
 * Calls at the same time.
 */
concurrency?: number
/**
 * The share that stays free for people: 10%.
 */
reserve?: string
/**
 * The longest a write may still take effect after its connection died: 130s.
 */
settleAfter?: string
}
}
export type SettingsFile = SettingsFiles.SettingsFile

/** The schemas themselves, so that the core reads no files. */
export const LANGUAGE_SCHEMAS: Readonly<Record<string, object>> = {
 "connection": {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://tidelock.dev/schemas/connection.schema.json",
  "title": "Connection",
  "description": "One account at one system.",
  "type": "object",
  "properties": {
   "tidelock": {
    "description": "Version of the language. Stands first.",
    "const": 1
   },
   "connection": {
    "$ref": "#/$defs/name",
    "description": "What mappings call it."
   },
   "connector": {
    "description": "The kind of system: odoo, shopify, rest, csv.",
    "type": "string"
   },
   "preset": {
    "description": "A shipped description of an API, for connector: rest.",
    "type": "string"
   },
   "settings": {
    "description": "What the connector needs to know: address, version, company. Each connector has its own.",
    "type": "object"
   },
   "auth": {
    "description": "Credentials, by the names of secrets.",
    "type": "object"
   },
   "limits": {
    "$ref": "#/$defs/limits"
   },
   "price": {
    "description": "What calls cost.",
    "type": "object",
    "properties": {
     "per1000Calls": {
      "description": "What a thousand calls cost.",
      "type": "number",
      "minimum": 0
     },
     "perGB": {
      "description": "What 1,000,000,000 bytes of its answers cost.",
      "type": "number",
      "minimum": 0
     },
     "currency": {
      "description": "A currency of three letters: EUR.",
      "type": "string",
      "pattern": "^[A-Z]{3}$"
     }
    },
    "required": [
     "per1000Calls",
     "currency"
    ],
    "additionalProperties": false
   },
   "replacedOn": {
    "description": "The day on which this system is replaced: 2027-06-30. Less than six months ahead fails readiness.",
    "type": [
     "string",
     "null"
    ],
    "format": "date"
   }
  },
  "required": [
   "tidelock",
   "connection",
   "connector"
  ],
  "additionalProperties": false,
  "$defs": {
   "duration": {
    "description": "A duration: 30s, 5m, 2h, 1d.",
    "type": "string",
    "pattern": "^\\d{1,6}(ms|s|m|h|d)$"
   },
   "percent": {
    "description": "A share from 0% to 100%, such as 20%.",
    "type": "string",
    "pattern": "^(100|\\d{1,2}(\\.\\d+)?)%$"
   },
   "name": {
    "description": "A name: lower case letters, digits, hyphens; it begins with a letter, and has at most 64.",
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]{0,63}$"
   },
   "limits": {
    "description": "Our own limits, below those of the remote system.",
    "type": "object",
    "properties": {
     "perSecond": {
      "description": "Calls a second.",
      "type": "number",
      "exclusiveMinimum": 0
     },
     "perMinute": {
      "description": "Calls a minute.",
      "type": "number",
      "exclusiveMinimum": 0
     },
     "perDay": {
      "description": "Calls a day.",
      "type": "integer",
      "minimum": 1
     },
     "perMonth": {
      "description": "Calls a month.",
      "type": "integer",
      "minimum": 1
     },
     "concurrency": {
      "description": "Calls at the same time.",
      "type": "integer",
      "minimum": 1
     },
     "reserve": {
      "$ref": "#/$defs/percent",
      "description": "The share that stays free for people: 10%."
     },
     "timezone": {
      "description": "The zone in which a day and a month of these limits begin, such as Europe/Brussels. (Default: UTC)",
      "type": "string",
      "format": "time-zone"
     },
     "settleAfter": {
      "$ref": "#/$defs/duration",
      "description": "The longest a write may still take effect after its connection died: 130s."
     }
    },
    "additionalProperties": false
   }
  }
 },
 "mapping": {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://tidelock.dev/schemas/mapping.schema.json",
  "title": "Mapping",
  "description": "One flow: which records, which fields, when, with which rights.",
  "type": "object",
  "properties": {
   "tidelock": {
    "description": "Version of the language. Stands first.",
    "const": 1
   },
   "mapping": {
    "$ref": "#/$defs/name",
    "description": "Its name: one a repository."
   },
   "description": {
    "description": "What the flow does, for people.",
    "type": "string"
   },
   "owner": {
    "description": "Who answers for it.",
    "type": "string"
   },
   "keys": {
    "$ref": "#/$defs/name",
    "description": "First part of every key this mapping writes. Default: its name at first apply."
   },
   "moved": {
    "description": "The mapping has another name than before. What it delivered, parked and read under the old one stays its own.",
    "type": "object",
    "properties": {
     "from": {
      "description": "The name it had before: shopify-orders.",
      "type": "string",
      "minLength": 1
     }
    },
    "required": [
     "from"
    ],
    "additionalProperties": false
   },
   "source": {
    "description": "Where records come from.",
    "type": "object",
    "properties": {
     "connection": {
      "description": "A connection by its name.",
      "type": "string"
     },
     "resource": {
      "description": "One kind of record there: orders.",
      "type": "string"
     },
     "as": {
      "$ref": "#/$defs/identifier",
      "description": "What expressions call the record: order."
     },
     "since": {
      "description": "Nothing older is read. A day and time with its zone: 2026-10-01T00:00:00Z.",
      "type": "string",
      "format": "date-time"
     },
     "keep": {
      "description": "Records for which one of these is not true are left out, and counted under its reason.",
      "type": "array",
      "items": {
       "type": "object",
       "properties": {
        "when": {
         "$ref": "#/$defs/expression",
         "description": "True for records to keep."
        },
        "otherwise": {
         "description": "The reason the others are counted under.",
         "type": "string",
         "minLength": 1
        },
        "firstTimeOnly": {
         "description": "Judged only until the record has been delivered once.",
         "type": "boolean"
        }
       },
       "required": [
        "when",
        "otherwise"
       ],
       "additionalProperties": false
      }
     }
    },
    "required": [
     "connection",
     "resource",
     "as"
    ],
    "additionalProperties": false
   },
   "target": {
    "description": "Where records go.",
    "type": "object",
    "properties": {
     "connection": {
      "description": "A connection by its name.",
      "type": "string"
     },
     "resource": {
      "description": "One kind of record there: sale.order.",
      "type": "string"
     },
     "identity": {
      "$ref": "#/$defs/identity",
      "description": "What makes the record the same record: order.id. A rerun finds it again by this."
     },
     "label": {
      "$ref": "#/$defs/expression",
      "description": "What people call it: order.name. Shown beside the key, accepted by run --only."
     },
     "adopt": {
      "description": "First contact: take over what stands there already, found by this field, instead of doubling it.",
      "type": "object",
      "properties": {
       "by": {
        "$ref": "#/$defs/fieldNames",
        "description": "A field of the target, or several that must all agree."
       }
      },
      "required": [
       "by"
      ],
      "additionalProperties": false
     },
     "gone": {
      "description": "When the record disappears at the source. Default: ignore.",
      "enum": [
       "ignore",
       "archive",
       "cancel",
       "delete"
      ]
     },
     "changed": {
      "description": "When this file changes: new (from now on) or all (rewrite what is there). Default: new.",
      "enum": [
       "new",
       "all"
      ]
     },
     "deletedAtTarget": {
      "description": "When a person deleted the record at the target. Default: park.",
      "enum": [
       "park",
       "recreate"
      ]
     }
    },
    "required": [
     "connection",
     "resource",
     "identity"
    ],
    "additionalProperties": false
   },
   "personal": {
    "description": "Source fields that say something of a person, beside those known to: order.note. Masked in the review table, alerts and logs.",
    "type": "array",
    "items": {
     "type": "string",
     "minLength": 1
    }
   },
   "tables": {
    "description": "Translations for table(\"name\", key), reviewed like everything else. A value that is not listed parks the record.",
    "type": "object",
    "additionalProperties": {
     "type": "object",
     "additionalProperties": {
      "description": "What the value becomes.",
      "type": [
       "string",
       "number",
       "boolean"
      ]
     }
    }
   },
   "fields": {
    "description": "The target's fields and what fills them.",
    "type": "object",
    "additionalProperties": {
     "$ref": "#/$defs/field"
    },
    "minProperties": 1
   },
   "agree": {
    "description": "Compared after the write and before `then`; what differs is parked.",
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "target": {
       "description": "A field that the target computes: amount_total.",
       "type": "string"
      },
      "equals": {
       "$ref": "#/$defs/expression",
       "description": "What it must equal. Null: not compared."
      },
      "adjust": {
       "description": "Cents from rounding twice go on a visible line of their own.",
       "type": "object",
       "properties": {
        "line": {
         "description": "The field with the lines: order_line.",
         "type": "string"
        },
        "product": {
         "description": "The product of the line: ROUNDING.",
         "type": "string"
        },
        "atMost": {
         "description": "The largest difference that is put right: 0.05.",
         "type": "number",
         "exclusiveMinimum": 0
        }
       },
       "required": [
        "line",
        "product",
        "atMost"
       ],
       "additionalProperties": false
      }
     },
     "required": [
      "target",
      "equals"
     ],
     "additionalProperties": false
    }
   },
   "then": {
    "description": "Steps after the write, in this order.",
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "call": {
       "description": "An action of the target: action_confirm.",
       "type": "string"
      },
      "when": {
       "$ref": "#/$defs/expression",
       "description": "Only when this is true."
      },
      "unless": {
       "$ref": "#/$defs/expression",
       "description": "Not when this is true; `target` is the record as it stands there."
      }
     },
     "required": [
      "call"
     ],
     "additionalProperties": false
    }
   },
   "schedule": {
    "description": "When it runs: { every: 5m } or { cron: \"*/5 8-18 * * MON-FRI\", timezone: Europe/Brussels }; jitter spreads the start.",
    "anyOf": [
     {
      "type": "object",
      "properties": {
       "every": {
        "$ref": "#/$defs/duration",
        "description": "5m"
       },
       "jitter": {
        "$ref": "#/$defs/duration",
        "description": "20s"
       }
      },
      "required": [
       "every"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "cron": {
        "description": "Minute, hour, day, month, weekday.",
        "type": "string"
       },
       "timezone": {
        "description": "Europe/Brussels. Default: UTC.",
        "type": "string"
       },
       "jitter": {
        "$ref": "#/$defs/duration",
        "description": "20s"
       }
      },
      "required": [
       "cron"
      ],
      "additionalProperties": false
     }
    ]
   },
   "priority": {
    "description": "Who goes first when a budget runs short. Default: normal.",
    "enum": [
     "high",
     "normal",
     "low"
    ]
   },
   "scopes": {
    "description": "The rights the mapping needs, by connection; must equal what it uses.",
    "type": "object",
    "additionalProperties": {
     "description": "A list of rights, or a list for each resource: { sale.order: [read, create, write] }.",
     "anyOf": [
      {
       "type": "array",
       "items": {
        "type": "string"
       }
      },
      {
       "type": "object",
       "additionalProperties": {
        "type": "array",
        "items": {
         "enum": [
          "read",
          "create",
          "write",
          "unlink"
         ]
        }
       }
      }
     ]
    }
   },
   "errors": {
    "description": "What happens when something goes wrong.",
    "type": "object",
    "properties": {
     "retry": {
      "description": "How a run repeats what may heal: { first: 2s, max: 5m, attempts: 8 }.",
      "type": "object",
      "properties": {
       "first": {
        "$ref": "#/$defs/duration"
       },
       "max": {
        "$ref": "#/$defs/duration"
       },
       "attempts": {
        "description": "How often at most.",
        "type": "integer",
        "minimum": 1
       }
      },
      "additionalProperties": false
     },
     "parked": {
      "description": "What happens to records that could not be delivered.",
      "type": "object",
      "properties": {
       "again": {
        "description": "When a parked record is tried again: [15m, 2h, 1d].",
        "type": "array",
        "items": {
         "$ref": "#/$defs/duration"
        }
       },
       "escalate": {
        "$ref": "#/$defs/duration",
        "description": "When people are told again."
       },
       "keepPayload": {
        "$ref": "#/$defs/duration",
        "description": "How long the payload of a decided dead letter is kept."
       }
      },
      "additionalProperties": false
     },
     "halt": {
      "description": "Stop when too many are rejected: { rejected: 20%, window: 50 }.",
      "type": "object",
      "properties": {
       "rejected": {
        "$ref": "#/$defs/percent"
       },
       "window": {
        "description": "Of how many judged records, across runs.",
        "type": "integer",
        "minimum": 1
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "drift": {
    "description": "What a difference does between the live API and what is recorded, or what it was under this plan: ignore, info (kept and shown), warning (also logged), halt.",
    "type": "object",
    "properties": {
     "added": {
      "$ref": "#/$defs/driftAnswer",
      "description": "A new field. Default: info."
     },
     "unused": {
      "$ref": "#/$defs/driftAnswer",
      "description": "A field that is not mapped went, or has another type. Default: info."
     },
     "mapped": {
      "$ref": "#/$defs/driftAnswer",
      "description": "A change to a field that is mapped. Default: halt."
     }
    },
    "additionalProperties": false
   },
   "alerts": {
    "description": "When people are told.",
    "type": "array",
    "items": {
     "$ref": "#/$defs/alert"
    }
   },
   "readiness": {
    "description": "The questions asked before anything is built.",
    "type": "object",
    "properties": {
     "saves": {
      "description": "What the flow saves.",
      "type": "object",
      "properties": {
       "hoursPerWeek": {
        "description": "Hours of work a week that it replaces.",
        "type": "number",
        "minimum": 0
       },
       "hourlyCost": {
        "description": "What one of them costs.",
        "type": "number",
        "minimum": 0
       }
      },
      "required": [
       "hoursPerWeek",
       "hourlyCost"
      ],
      "additionalProperties": false
     },
     "build": {
      "description": "What it costs.",
      "type": "object",
      "properties": {
       "cost": {
        "description": "Once.",
        "type": "number",
        "minimum": 0
       },
       "maintenancePerYear": {
        "description": "Every year.",
        "type": "number",
        "minimum": 0
       },
       "approvedBy": {
        "description": "Who agreed to the cost.",
        "type": "string"
       }
      },
      "required": [
       "cost"
      ],
      "additionalProperties": false
     },
     "api": {
      "description": "What it stands on.",
      "type": "object",
      "properties": {
       "documentation": {
        "description": "Where the API is documented: an address such as https://shopify.dev/docs.",
        "type": "string",
        "format": "uri"
       },
       "stable": {
        "description": "Whether the vendor promises that it stays.",
        "type": "boolean"
       }
      },
      "required": [
       "documentation"
      ],
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "tests": {
    "description": "What recorded samples must become.",
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "name": {
       "description": "What is shown, as a sentence.",
       "type": "string",
       "minLength": 1
      },
      "given": {
       "description": "What comes in.",
       "type": "object",
       "properties": {
        "sample": {
         "description": "A recorded sample: orders/1042.",
         "type": "string"
        },
        "change": {
         "description": "What is different in it, by path: { \"lineItems.0.sku\": null }.",
         "type": "object"
        },
        "missing": {
         "description": "Look-ups that find nothing, as they are written: match(\"product.product\", \"default_code\", \"MUG\").",
         "type": "array",
         "items": {
          "type": "string",
          "minLength": 1
         }
        },
        "delivered": {
         "description": "Whether the record was delivered before: firstTimeOnly is judged by it. Default: false.",
         "type": "boolean"
        }
       },
       "required": [
        "sample"
       ],
       "additionalProperties": false
      },
      "exact": {
       "description": "Whether nothing may come out that expect does not name. Default: false.",
       "type": "boolean"
      },
      "expect": {
       "description": "The fields that must come out; then: [action_confirm]; or parked: { at: field, class, message }; or filtered: reason.",
       "type": "object",
       "minProperties": 1
      }
     },
     "required": [
      "name",
      "given",
      "expect"
     ],
     "additionalProperties": false
    }
   }
  },
  "required": [
   "tidelock",
   "mapping",
   "source",
   "target",
   "fields"
  ],
  "additionalProperties": false,
  "$defs": {
   "fieldNames": {
    "description": "A field of the target, or several that must all agree.",
    "anyOf": [
     {
      "type": "string",
      "minLength": 1
     },
     {
      "type": "array",
      "items": {
       "type": "string",
       "minLength": 1
      },
      "minItems": 1
     }
    ]
   },
   "duration": {
    "description": "A duration: 30s, 5m, 2h, 1d.",
    "type": "string",
    "pattern": "^\\d{1,6}(ms|s|m|h|d)$"
   },
   "percent": {
    "description": "A share from 0% to 100%, such as 20%.",
    "type": "string",
    "pattern": "^(100|\\d{1,2}(\\.\\d+)?)%$"
   },
   "name": {
    "description": "A name: lower case letters, digits, hyphens; it begins with a letter, and has at most 64.",
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]{0,63}$"
   },
   "identifier": {
    "description": "A name that expressions use: letters, digits and _; it begins with a letter.",
    "type": "string",
    "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
   },
   "constant": {
    "description": "A value as it is, rather than an expression: { constant: Web }.",
    "type": "object",
    "properties": {
     "constant": {
      "description": "The value as it is; null clears the field.",
      "type": [
       "string",
       "number",
       "boolean",
       "null"
      ]
     }
    },
    "required": [
     "constant"
    ],
    "additionalProperties": false
   },
   "expression": {
    "description": "An expression in CEL as one text (order.name), a number or a boolean, or { constant: Web }. Put it in quotation marks where it has ' #', ': ', a leading '!', or a comma inside { }.",
    "anyOf": [
     {
      "type": [
       "string",
       "number",
       "boolean"
      ]
     },
     {
      "$ref": "#/$defs/constant"
     }
    ]
   },
   "identity": {
    "description": "What makes the record the same record: an expression, or several.",
    "anyOf": [
     {
      "$ref": "#/$defs/expression"
     },
     {
      "type": "array",
      "items": {
       "$ref": "#/$defs/expression"
      },
      "minItems": 1
     }
    ]
   },
   "firstTimeValue": {
    "description": "An expression with a condition on when it is written.",
    "type": "object",
    "properties": {
     "value": {
      "$ref": "#/$defs/expression"
     },
     "firstTimeOnly": {
      "description": "Written only when the record is created; people may change it afterwards.",
      "type": "boolean"
     }
    },
    "required": [
     "value"
    ],
    "additionalProperties": false
   },
   "value": {
    "description": "What the field is filled with: an expression, { constant: … }, or { value: …, firstTimeOnly: true }.",
    "anyOf": [
     {
      "$ref": "#/$defs/expression"
     },
     {
      "$ref": "#/$defs/firstTimeValue"
     }
    ]
   },
   "values": {
    "description": "The fields, by their names at the target.",
    "type": "object",
    "additionalProperties": {
     "$ref": "#/$defs/value"
    },
    "minProperties": 1
   },
   "lineBlock": {
    "description": "A line for each element of a list. Several blocks under one field add up.",
    "type": "object",
    "properties": {
     "each": {
      "$ref": "#/$defs/expression",
      "description": "The list to go through: order.lineItems."
     },
     "as": {
      "$ref": "#/$defs/identifier",
      "description": "What expressions call one element; also part of each line's key, so that renaming it makes new lines."
     },
     "identity": {
      "$ref": "#/$defs/identity",
      "description": "What makes a line the same line: line.id."
     },
     "adopt": {
      "description": "First contact: a line that stands on a record taken over is this one when it has the same values in these fields.",
      "type": "object",
      "properties": {
       "by": {
        "$ref": "#/$defs/fieldNames",
        "description": "A field of the line, or several that must all agree: product_id."
       }
      },
      "required": [
       "by"
      ],
      "additionalProperties": false
     },
     "gone": {
      "description": "When an element leaves the source: ignore the line, remove it, or { set: { field: value } }.",
      "anyOf": [
       {
        "enum": [
         "ignore",
         "remove"
        ]
       },
       {
        "type": "object",
        "properties": {
         "set": {
          "description": "Values by field.",
          "type": "object",
          "additionalProperties": {
           "type": [
            "string",
            "number",
            "boolean",
            "null"
           ]
          },
          "minProperties": 1
         }
        },
        "required": [
         "set"
        ],
        "additionalProperties": false
       }
      ]
     },
     "fields": {
      "$ref": "#/$defs/values"
     }
    },
    "required": [
     "each",
     "as",
     "identity",
     "fields"
    ],
    "additionalProperties": false
   },
   "ownRecord": {
    "description": "A record of this record's own, such as a delivery address: written first, keyed by the record's key and `as`; `when` false uses `otherwise`.",
    "type": "object",
    "properties": {
     "as": {
      "description": "Last part of the record's key: deliver-to.",
      "type": "string",
      "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"
     },
     "when": {
      "$ref": "#/$defs/expression",
      "description": "Whether there is such a record. Default: always."
     },
     "otherwise": {
      "$ref": "#/$defs/expression",
      "description": "What the field points to when `when` is false. Default: nothing."
     },
     "fields": {
      "$ref": "#/$defs/values"
     }
    },
    "required": [
     "as",
     "fields"
    ],
    "additionalProperties": false
   },
   "field": {
    "description": "An expression, { constant: … }, { value: …, firstTimeOnly: true }, a list of line blocks (each, as, identity, fields), or a record of its own (as, when, otherwise, fields).",
    "anyOf": [
     {
      "$ref": "#/$defs/expression"
     },
     {
      "$ref": "#/$defs/firstTimeValue"
     },
     {
      "type": "array",
      "items": {
       "$ref": "#/$defs/lineBlock"
      },
      "minItems": 1
     },
     {
      "$ref": "#/$defs/ownRecord"
     }
    ]
   },
   "notify": {
    "description": "Channels to tell, as channels.yaml names them.",
    "type": "array",
    "items": {
     "type": "string"
    },
    "minItems": 1
   },
   "severity": {
    "description": "How loud. Default: warning; critical goes through quiet hours.",
    "enum": [
     "info",
     "warning",
     "critical"
    ]
   },
   "driftAnswer": {
    "enum": [
     "ignore",
     "info",
     "warning",
     "halt"
    ]
   },
   "alert": {
    "description": "One of failures, rejected, silence, oldestDeadLetter, tokenDaysLeft, budgetUsed, drift, runDuration; and whom to notify.",
    "anyOf": [
     {
      "type": "object",
      "properties": {
       "failures": {
        "description": "Records newly parked (not those that only wait) and runs that failed or halted: { atLeast: 5, within: 1h }.",
        "type": "object",
        "properties": {
         "atLeast": {
          "description": "How many.",
          "type": "integer",
          "minimum": 1
         },
         "within": {
          "$ref": "#/$defs/duration"
         },
         "of": {
          "description": "Only records, or only runs. Default: both.",
          "enum": [
           "records",
           "runs"
          ]
         }
        },
        "required": [
         "atLeast",
         "within"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "failures",
       "notify"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "rejected": {
        "description": "Records that could not be delivered: { share: 5%, within: 1d }.",
        "type": "object",
        "properties": {
         "share": {
          "$ref": "#/$defs/percent"
         },
         "within": {
          "$ref": "#/$defs/duration"
         }
        },
        "required": [
         "share",
         "within"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "rejected",
       "notify"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "silence": {
        "description": "Nothing came: { of: records, longerThan: 3h }.",
        "type": "object",
        "properties": {
         "of": {
          "description": "What is missing.",
          "enum": [
           "records",
           "runs"
          ]
         },
         "longerThan": {
          "$ref": "#/$defs/duration"
         },
         "during": {
          "description": "Weekdays, hours and zone in which silence counts: MON-FRI 08:00-18:00 Europe/Brussels. Default: always.",
          "type": "string"
         }
        },
        "required": [
         "of",
         "longerThan"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "silence",
       "notify"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "oldestDeadLetter": {
        "description": "A dead letter that nobody decided: { olderThan: 1d }.",
        "type": "object",
        "properties": {
         "olderThan": {
          "$ref": "#/$defs/duration"
         }
        },
        "required": [
         "olderThan"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "oldestDeadLetter",
       "notify"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "tokenDaysLeft": {
        "description": "Credentials that end soon: { lessThan: 14 }.",
        "type": "object",
        "properties": {
         "lessThan": {
          "description": "Days.",
          "type": "integer",
          "minimum": 1
         }
        },
        "required": [
         "lessThan"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "tokenDaysLeft",
       "notify"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "budgetUsed": {
        "description": "The share of the day's or month's calls: { moreThan: 80% }.",
        "type": "object",
        "properties": {
         "moreThan": {
          "$ref": "#/$defs/percent"
         }
        },
        "required": [
         "moreThan"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "budgetUsed",
       "notify"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "drift": {
        "description": "The API looks different than recorded: { atLeast: mapped }.",
        "type": "object",
        "properties": {
         "atLeast": {
          "description": "From which kind of difference on.",
          "enum": [
           "added",
           "unused",
           "mapped"
          ]
         }
        },
        "required": [
         "atLeast"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "drift",
       "notify"
      ],
      "additionalProperties": false
     },
     {
      "type": "object",
      "properties": {
       "runDuration": {
        "description": "A run that takes long: { longerThan: 30m }.",
        "type": "object",
        "properties": {
         "longerThan": {
          "$ref": "#/$defs/duration"
         }
        },
        "required": [
         "longerThan"
        ],
        "additionalProperties": false
       },
       "notify": {
        "$ref": "#/$defs/notify"
       },
       "severity": {
        "$ref": "#/$defs/severity"
       },
       "quiet": {
        "$ref": "#/$defs/quiet"
       },
       "escalate": {
        "$ref": "#/$defs/escalate"
       }
      },
      "required": [
       "runDuration",
       "notify"
      ],
      "additionalProperties": false
     }
    ]
   },
   "quiet": {
    "description": "Weekdays, hours and zone in which nobody is told unless it is critical: MON-SUN 22:00-07:00 Europe/Brussels. Hours may run over midnight; what was held is told when they end, if it still holds.",
    "type": "string"
   },
   "escalate": {
    "description": "Who else is told when it still holds after a time: { after: 1h, notify: [boss] }.",
    "type": "object",
    "properties": {
     "after": {
      "$ref": "#/$defs/duration"
     },
     "notify": {
      "$ref": "#/$defs/notify"
     }
    },
    "required": [
     "after",
     "notify"
    ],
    "additionalProperties": false
   }
  }
 },
 "channels": {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://tidelock.dev/schemas/channels.schema.json",
  "title": "Channels",
  "description": "Where people are told.",
  "type": "object",
  "properties": {
   "tidelock": {
    "description": "Version of the language. Stands first.",
    "const": 1
   },
   "channels": {
    "description": "Where people are told, by a name that alerts use.",
    "type": "object",
    "additionalProperties": {
     "description": "One of slack, email, webhook.",
     "anyOf": [
      {
       "type": "object",
       "properties": {
        "slack": {
         "description": "A Slack channel.",
         "type": "object",
         "properties": {
          "webhook": {
           "$ref": "#/$defs/secret",
           "description": "The secret that holds the webhook's address."
          }
         },
         "required": [
          "webhook"
         ],
         "additionalProperties": false
        },
        "quiet": {
         "$ref": "#/$defs/quiet"
        }
       },
       "required": [
        "slack"
       ],
       "additionalProperties": false
      },
      {
       "type": "object",
       "properties": {
        "email": {
         "description": "Mail.",
         "type": "object",
         "properties": {
          "to": {
           "description": "Whom to write to.",
           "type": "array",
           "items": {
            "description": "An address.",
            "type": "string",
            "format": "email"
           },
           "minItems": 1
          },
          "smtp": {
           "$ref": "#/$defs/secret",
           "description": "The secret that holds the mail server's address: smtps://user:password@host."
          },
          "from": {
           "description": "The sender.",
           "type": "string",
           "format": "email"
          }
         },
         "required": [
          "to",
          "smtp"
         ],
         "additionalProperties": false
        },
        "quiet": {
         "$ref": "#/$defs/quiet"
        }
       },
       "required": [
        "email"
       ],
       "additionalProperties": false
      },
      {
       "type": "object",
       "properties": {
        "webhook": {
         "description": "A POST with JSON.",
         "type": "object",
         "properties": {
          "url": {
           "$ref": "#/$defs/textOrSecret",
           "description": "Where to post."
          },
          "sign": {
           "$ref": "#/$defs/secret",
           "description": "The secret that signs each post."
          }
         },
         "required": [
          "url"
         ],
         "additionalProperties": false
        },
        "quiet": {
         "$ref": "#/$defs/quiet"
        }
       },
       "required": [
        "webhook"
       ],
       "additionalProperties": false
      }
     ]
    },
    "minProperties": 1
   }
  },
  "required": [
   "tidelock",
   "channels"
  ],
  "additionalProperties": false,
  "$defs": {
   "secret": {
    "description": "A secret by its name; temporal.yaml says where it comes from and where it may go.",
    "type": "object",
    "properties": {
     "secret": {
      "description": "The name of a secret that temporal.yaml declares.",
      "type": "string",
      "minLength": 1
     }
    },
    "required": [
     "secret"
    ],
    "additionalProperties": false
   },
   "textOrSecret": {
    "description": "The text itself, or { secret: NAME }.",
    "anyOf": [
     {
      "type": "string"
     },
     {
      "$ref": "#/$defs/secret"
     }
    ]
   },
   "quiet": {
    "description": "Weekdays, hours and zone in which this channel is told critical alerts only: MON-SUN 22:00-07:00 Europe/Brussels. Hours may run over midnight; what was held is told when they end, if it still holds.",
    "type": "string"
   }
  }
 },
 "tidelock": {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://tidelock.dev/schemas/tidelock.schema.json",
  "title": "Settings",
  "description": "temporal.yaml: project, environments, secrets, worker.",
  "type": "object",
  "properties": {
   "tidelock": {
    "description": "Version of the language. Stands first.",
    "const": 1
   },
   "project": {
    "$ref": "#/$defs/name",
    "description": "Prefix of schedule and workflow ids, ledger and lease. Renaming it makes new keys."
   },
   "environments": {
    "description": "By name; every command takes --env. `default` is used without.",
    "type": "object",
    "additionalProperties": {
     "type": "object",
     "properties": {
      "temporal": {
       "description": "Where Temporal is.",
       "type": "object",
       "properties": {
        "address": {
         "description": "host:port; null starts the local dev server.",
         "type": [
          "string",
          "null"
         ]
        },
        "namespace": {
         "description": "Default: default.",
         "type": "string"
        },
        "ui": {
         "description": "Address of the Temporal UI, for the links in alerts: https://temporal.acme.example. Default: the dev server's own.",
         "type": "string",
         "format": "uri"
        },
        "taskQueue": {
         "description": "Default: tidelock.",
         "type": "string"
        },
        "tls": {
         "description": "Client certificate and key.",
         "type": "object",
         "properties": {
          "cert": {
           "$ref": "#/$defs/secret"
          },
          "key": {
           "$ref": "#/$defs/secret"
          }
         },
         "required": [
          "cert",
          "key"
         ],
         "additionalProperties": false
        },
        "codec": {
         "description": "Payloads are encrypted with these keys.",
         "type": "object",
         "properties": {
          "keys": {
           "$ref": "#/$defs/secret"
          }
         },
         "required": [
          "keys"
         ],
         "additionalProperties": false
        }
       },
       "additionalProperties": false
      },
      "store": {
       "description": "sqlite:PATH (one worker), postgres://… (several), or { url: { secret: NAME } } for an address with a password.",
       "anyOf": [
        {
         "description": "sqlite:PATH, such as sqlite:.tidelock/store.db, or postgres://USER@HOST/DATABASE",
         "type": "string",
         "pattern": "^(sqlite:.|postgres(ql)?:)"
        },
        {
         "type": "object",
         "properties": {
          "url": {
           "$ref": "#/$defs/textOrSecret"
          }
         },
         "required": [
          "url"
         ],
         "additionalProperties": false
        }
       ]
      },
      "keys": {
       "$ref": "#/$defs/secret",
       "description": "What the store seals personal data and credentials with: NAME:BASE64 of 32 bytes, several by commas, the first one seals. Default on SQLite: made in .tidelock/keys."
      },
      "connections": {
       "description": "What is different from the connection files, by connection.",
       "type": "object",
       "additionalProperties": {
        "type": "object",
        "properties": {
         "settings": {
          "description": "Merged over the connection's settings.",
          "type": "object"
         },
         "auth": {
          "description": "Merged over the connection's credentials.",
          "type": "object"
         },
         "limits": {
          "$ref": "#/$defs/limits"
         }
        },
        "additionalProperties": false
       }
      }
     },
     "additionalProperties": false
    },
    "minProperties": 1
   },
   "secrets": {
    "description": "Where each secret comes from and where it may go.",
    "type": "object",
    "additionalProperties": {
     "type": "object",
     "properties": {
      "from": {
       "description": "env:NAME, file:PATH or exec:COMMAND.",
       "type": "string",
       "pattern": "^(env|file|exec):.+$"
      },
      "to": {
       "description": "The only hosts it may be sent to. Not needed for Temporal, store and codec.",
       "type": "array",
       "items": {
        "description": "A host alone, without https:// and path: acme.odoo.com, or localhost:8069.",
        "type": "string",
        "pattern": "^(\\[[0-9a-fA-F:]+\\]|[^\\s/:@]+)(:\\d+)?$"
       },
       "minItems": 1
      }
     },
     "required": [
      "from"
     ],
     "additionalProperties": false
    }
   },
   "worker": {
    "description": "The worker process.",
    "type": "object",
    "properties": {
     "legBudget": {
      "$ref": "#/$defs/duration",
      "description": "How long one activity moves pages. Default: 60s."
     },
     "heartbeat": {
      "$ref": "#/$defs/duration",
      "description": "How long a worker may be silent before its work is given to another one. Default: 30s."
     },
     "concurrency": {
      "description": "Runs at the same time.",
      "type": "integer",
      "minimum": 1
     }
    },
    "additionalProperties": false
   }
  },
  "required": [
   "tidelock",
   "project",
   "environments"
  ],
  "additionalProperties": false,
  "$defs": {
   "duration": {
    "description": "A duration: 30s, 5m, 2h, 1d.",
    "type": "string",
    "pattern": "^\\d{1,6}(ms|s|m|h|d)$"
   },
   "percent": {
    "description": "A share from 0% to 100%, such as 20%.",
    "type": "string",
    "pattern": "^(100|\\d{1,2}(\\.\\d+)?)%$"
   },
   "name": {
    "description": "A name: lower case letters, digits, hyphens; it begins with a letter, and has at most 64.",
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]{0,63}$"
   },
   "secret": {
    "description": "A secret by its name; temporal.yaml says where it comes from and where it may go.",
    "type": "object",
    "properties": {
     "secret": {
      "description": "The name of a secret that temporal.yaml declares.",
      "type": "string",
      "minLength": 1
     }
    },
    "required": [
     "secret"
    ],
    "additionalProperties": false
   },
   "textOrSecret": {
    "description": "The text itself, or { secret: NAME }.",
    "anyOf": [
     {
      "type": "string"
     },
     {
      "$ref": "#/$defs/secret"
     }
    ]
   },
   "limits": {
    "description": "Our own limits, below those of the remote system.",
    "type": "object",
    "properties": {
     "perSecond": {
      "description": "Calls a second.",
      "type": "number",
      "exclusiveMinimum": 0
     },
     "perMinute": {
      "description": "Calls a minute.",
      "type": "number",
      "exclusiveMinimum": 0
     },
     "perDay": {
      "description": "Calls a day.",
      "type": "integer",
      "minimum": 1
     },
     "perMonth": {
      "description": "Calls a month.",
      "type": "integer",
      "minimum": 1
     },
     "timezone": {
      "description": "The zone in which a day and a month of these limits begin, such as Europe/Brussels. (Default: UTC)",
      "type": "string",
      "format": "time-zone"
     },
     "concurrency": {
      "description": "Calls at the same time.",
      "type": "integer",
      "minimum": 1
     },
     "reserve": {
      "$ref": "#/$defs/percent",
      "description": "The share that stays free for people: 10%."
     },
     "settleAfter": {
      "$ref": "#/$defs/duration",
      "description": "The longest a write may still take effect after its connection died: 130s."
     }
    },
    "additionalProperties": false
   }
  }
 }
}
