// Generated from schemas/language by `npm run generate`. Do not edit.

export declare namespace ConnectionFiles {
/**
 * One account at one system.
 */
export interface ConnectionFile {
/**
 * Version of the language.
 */
tidelock: 1
/**
 * A name: lower case letters, digits, hyphens.
 */
connection: string
/**
 * The kind of system: odoo, shopify, rest, csv.
 */
connector: string
/**
 * A shipped description of an API, for `rest`.
 */
preset?: string
/**
 * What the connector needs to know; each connector has its own.
 */
settings?: {

}
/**
 * Credentials, by the names of secrets.
 */
auth?: {

}
/**
 * Our own limits, below the remote's. `reserve` stays free for people.
 */
limits?: {
perSecond?: number
perMinute?: number
perDay?: number
perMonth?: number
concurrency?: number
/**
 * A share: 20%.
 */
reserve?: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
settleAfter?: string
}
/**
 * What calls cost.
 */
price?: {
per1000Calls: number
currency: string
}
/**
 * When this system is to be replaced; a date less than six months ahead fails readiness.
 */
replacedOn?: (string | null)
}
}
export type ConnectionFile = ConnectionFiles.ConnectionFile

export declare namespace MappingFiles {
/**
 * What makes the record the same record; an expression or several.
 */
export type Identity = (((string | number | boolean) | Constant) | [((string | number | boolean) | Constant), ...(((string | number | boolean) | Constant))[]])
/**
 * An expression, a constant, { value, firstTimeOnly }, a list of line blocks, or a record of its own.
 */
export type Field = (((string | number | boolean) | Constant) | {
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
value: ((string | number | boolean) | Constant)
/**
 * Written only when the record is created.
 */
firstTimeOnly?: boolean
} | [LineBlock, ...(LineBlock)[]] | OwnRecord)
/**
 * What the field is filled with.
 */
export type Value = (((string | number | boolean) | Constant) | {
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
value: ((string | number | boolean) | Constant)
/**
 * Written only when the record is created.
 */
firstTimeOnly?: boolean
})

/**
 * One flow: which records, which fields, when, with which rights.
 */
export interface MappingFile {
/**
 * Version of the language.
 */
tidelock: 1
/**
 * A name: lower case letters, digits, hyphens.
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
 * Says that keys or identity changed on purpose, and what they were.
 */
moved?: {
from: string
}
source: {
connection: string
resource: string
/**
 * An identifier that expressions use.
 */
as: string
/**
 * Nothing older is read; an instant with a zone.
 */
since?: string
/**
 * Records for which `when` is not true are left out.
 */
keep?: {
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
when: ((string | number | boolean) | Constant)
/**
 * The reason that records sent away are counted under.
 */
otherwise: string
/**
 * Judged only until the record has been delivered once.
 */
firstTimeOnly?: boolean
}[]
}
target: {
connection: string
resource: string
identity: Identity
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
label?: ((string | number | boolean) | Constant)
/**
 * First contact: take over what stands there already, found by this field.
 */
adopt?: {
by: (string | [string, ...(string)[]])
}
/**
 * When the record disappears at the source.
 */
gone?: ("ignore" | "archive" | "cancel" | "delete")
/**
 * When this file changes: from now on, or all records again.
 */
changed?: ("new" | "all")
/**
 * When a person deleted the record at the target.
 */
deletedAtTarget?: ("park" | "recreate")
}
/**
 * Translations, reviewed like everything else.
 */
tables?: {
[k: string]: {
[k: string]: string | number | boolean
}
}
/**
 * The target's fields.
 */
fields: {
[k: string]: Field
}
/**
 * Compared after the write, before `then`.
 */
agree?: {
/**
 * A field the target computes.
 */
target: string
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
equals: ((string | number | boolean) | Constant)
/**
 * Cents from rounding twice go on a line of their own.
 */
adjust?: {
line: string
product: string
atMost: number
}
}[]
/**
 * Steps after the write.
 */
then?: {
/**
 * An action of the target.
 */
call: string
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
when?: ((string | number | boolean) | Constant)
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
unless?: ((string | number | boolean) | Constant)
}[]
/**
 * When it runs.
 */
schedule?: ({
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
every: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
jitter?: string
} | {
cron: string
timezone?: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
jitter?: string
})
priority?: ("high" | "normal" | "low")
/**
 * The rights the mapping needs, by connection; must equal what it uses.
 */
scopes?: {
[k: string]: string[] | {
[k: string]: ("read" | "create" | "write" | "unlink")[]
}
}
errors?: {
retry?: {
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
first?: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
max?: string
attempts?: number
}
parked?: {
/**
 * Items: A duration: 30s, 5m, 2h, 1d.
 */
again?: string[]
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
escalate?: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
keepPayload?: string
}
halt?: {
/**
 * A share: 20%.
 */
rejected?: string
window?: number
}
}
drift?: {
added?: ("ignore" | "info" | "warning" | "halt")
unused?: ("ignore" | "info" | "warning" | "halt")
mapped?: ("ignore" | "info" | "warning" | "halt")
}
/**
 * When people are told.
 */
alerts?: ({
failures: {
atLeast: number
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
within: string
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
} | {
rejected: {
/**
 * A share: 20%.
 */
share: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
within: string
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
} | {
silence: {
of: ("records" | "runs")
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
longerThan: string
/**
 * Weekdays, hours and zone: MON-FRI 08:00-18:00 Europe/Brussels.
 */
during?: string
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
} | {
oldestDeadLetter: {
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
olderThan: string
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
} | {
tokenDaysLeft: {
lessThan: number
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
} | {
budgetUsed: {
/**
 * A share: 20%.
 */
moreThan: string
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
} | {
drift: {
atLeast: ("added" | "unused" | "mapped")
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
} | {
runDuration: {
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
longerThan: string
}
/**
 * Channels to tell.
 * 
 * @minItems 1
 */
notify: [string, ...(string)[]]
severity?: ("info" | "warning" | "critical")
})[]
readiness?: {
saves?: {
hoursPerWeek: number
hourlyCost: number
}
build?: {
cost: number
maintenancePerYear?: number
approvedBy?: string
}
api?: {
documentation: string
stable?: boolean
}
}
tests?: {
name: string
given: {
sample: string
change?: {

}
}
expect: {

}
}[]
}
/**
 * A constant rather than an expression.
 */
export interface Constant {
/**
 * The value as it is.
 */
constant: (string | number | boolean | null)
}
/**
 * Adds a line for each element of a list.
 */
export interface LineBlock {
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
each: ((string | number | boolean) | Constant)
/**
 * An identifier that expressions use.
 */
as: string
identity: Identity
/**
 * A line that left the source: ignore it, remove it, or set fields.
 */
gone?: (("ignore" | "remove") | {
set: {
[k: string]: string | number | boolean | null
}
})
fields: {
[k: string]: Value
}
}
/**
 * A record of this record's own (a delivery address): written first, keyed by the record's key and `as`. `when` false uses `otherwise`.
 */
export interface OwnRecord {
/**
 * Last part of the record's key.
 */
as: string
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
when?: ((string | number | boolean) | Constant)
/**
 * An expression (CEL), a number or a boolean, or { constant: … }.
 */
otherwise?: ((string | number | boolean) | Constant)
fields: {
[k: string]: Value
}
}
}
export type MappingFile = MappingFiles.MappingFile

export declare namespace ChannelsFiles {
/**
 * Where people are told.
 */
export interface ChannelsFile {
/**
 * Version of the language.
 */
tidelock: 1
channels: {
[k: string]: {
slack: {
/**
 * A secret by its name; temporal.yaml says where it comes from.
 */
webhook: {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
}
} | {
email: {
/**
 * @minItems 1
 */
to: [string, ...(string)[]]
/**
 * A secret by its name; temporal.yaml says where it comes from.
 */
smtp: {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
from?: string
}
} | {
webhook: {
url: (string | {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
})
/**
 * A secret by its name; temporal.yaml says where it comes from.
 */
sign?: {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
}
}
}
}
}
export type ChannelsFile = ChannelsFiles.ChannelsFile

export declare namespace SettingsFiles {
/**
 * temporal.yaml: project, environments, secrets, worker.
 */
export interface SettingsFile {
/**
 * Version of the language.
 */
tidelock: 1
/**
 * A name: lower case letters, digits, hyphens.
 */
project: string
environments: {
[k: string]: {
temporal?: {
/**
 * host:port; null starts the local dev server.
 */
address?: (string | null)
namespace?: string
taskQueue?: string
tls?: {
/**
 * A secret by its name; temporal.yaml says where it comes from.
 */
cert: {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
/**
 * A secret by its name; temporal.yaml says where it comes from.
 */
key: {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
}
codec?: {
/**
 * A secret by its name; temporal.yaml says where it comes from.
 */
keys: {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
}
}
}
/**
 * sqlite:PATH, or { url: { secret } }.
 */
store?: (string | {
url: (string | {
/**
 * The name of a secret that temporal.yaml declares.
 */
secret: string
})
})
/**
 * Overrides of connection files.
 */
connections?: {
[k: string]: {
settings?: {

}
auth?: {

}
/**
 * Our own limits, below the remote's. `reserve` stays free for people.
 */
limits?: {
perSecond?: number
perMinute?: number
perDay?: number
perMonth?: number
concurrency?: number
/**
 * A share: 20%.
 */
reserve?: string
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
settleAfter?: string
}
}
}
}
}
secrets?: {
[k: string]: {
/**
 * env:NAME, file:PATH or exec:COMMAND.
 */
from: string
/**
 * The only hosts it may be sent to.
 */
to?: string[]
}
}
worker?: {
/**
 * A duration: 30s, 5m, 2h, 1d.
 */
legBudget?: string
concurrency?: number
}
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
    "description": "Version of the language.",
    "const": 1
   },
   "connection": {
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]*$",
    "description": "A name: lower case letters, digits, hyphens."
   },
   "connector": {
    "type": "string",
    "description": "The kind of system: odoo, shopify, rest, csv."
   },
   "preset": {
    "type": "string",
    "description": "A shipped description of an API, for `rest`."
   },
   "settings": {
    "type": "object",
    "description": "What the connector needs to know; each connector has its own."
   },
   "auth": {
    "type": "object",
    "description": "Credentials, by the names of secrets."
   },
   "limits": {
    "type": "object",
    "properties": {
     "perSecond": {
      "type": "number",
      "exclusiveMinimum": 0
     },
     "perMinute": {
      "type": "number",
      "exclusiveMinimum": 0
     },
     "perDay": {
      "type": "integer",
      "minimum": 1
     },
     "perMonth": {
      "type": "integer",
      "minimum": 1
     },
     "concurrency": {
      "type": "integer",
      "minimum": 1
     },
     "reserve": {
      "type": "string",
      "pattern": "^\\d+(\\.\\d+)?%$",
      "description": "A share: 20%."
     },
     "settleAfter": {
      "type": "string",
      "pattern": "^\\d+(ms|s|m|h|d)$",
      "description": "A duration: 30s, 5m, 2h, 1d."
     }
    },
    "additionalProperties": false,
    "description": "Our own limits, below the remote's. `reserve` stays free for people."
   },
   "price": {
    "type": "object",
    "properties": {
     "per1000Calls": {
      "type": "number"
     },
     "currency": {
      "type": "string",
      "pattern": "^[A-Z]{3}$"
     }
    },
    "additionalProperties": false,
    "required": [
     "per1000Calls",
     "currency"
    ],
    "description": "What calls cost."
   },
   "replacedOn": {
    "type": [
     "string",
     "null"
    ],
    "description": "When this system is to be replaced; a date less than six months ahead fails readiness."
   }
  },
  "additionalProperties": false,
  "required": [
   "tidelock",
   "connection",
   "connector"
  ]
 },
 "mapping": {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://tidelock.dev/schemas/mapping.schema.json",
  "title": "Mapping",
  "description": "One flow: which records, which fields, when, with which rights.",
  "type": "object",
  "properties": {
   "tidelock": {
    "description": "Version of the language.",
    "const": 1
   },
   "mapping": {
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]*$",
    "description": "A name: lower case letters, digits, hyphens."
   },
   "description": {
    "type": "string",
    "description": "What the flow does, for people."
   },
   "owner": {
    "type": "string",
    "description": "Who answers for it."
   },
   "keys": {
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]*$",
    "description": "First part of every key this mapping writes. Default: its name at first apply."
   },
   "moved": {
    "type": "object",
    "properties": {
     "from": {
      "type": "string"
     }
    },
    "additionalProperties": false,
    "required": [
     "from"
    ],
    "description": "Says that keys or identity changed on purpose, and what they were."
   },
   "source": {
    "type": "object",
    "properties": {
     "connection": {
      "type": "string"
     },
     "resource": {
      "type": "string"
     },
     "as": {
      "type": "string",
      "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
      "description": "An identifier that expressions use."
     },
     "since": {
      "type": "string",
      "description": "Nothing older is read; an instant with a zone.",
      "format": "date-time"
     },
     "keep": {
      "type": "array",
      "items": {
       "type": "object",
       "properties": {
        "when": {
         "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
        "otherwise": {
         "type": "string",
         "description": "The reason that records sent away are counted under."
        },
        "firstTimeOnly": {
         "type": "boolean",
         "description": "Judged only until the record has been delivered once."
        }
       },
       "additionalProperties": false,
       "required": [
        "when",
        "otherwise"
       ]
      },
      "description": "Records for which `when` is not true are left out."
     }
    },
    "additionalProperties": false,
    "required": [
     "connection",
     "resource",
     "as"
    ]
   },
   "target": {
    "type": "object",
    "properties": {
     "connection": {
      "type": "string"
     },
     "resource": {
      "type": "string"
     },
     "identity": {
      "$ref": "#/$defs/identity"
     },
     "label": {
      "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
     "adopt": {
      "type": "object",
      "properties": {
       "by": {
        "anyOf": [
         {
          "type": "string"
         },
         {
          "type": "array",
          "items": {
           "type": "string"
          },
          "minItems": 1
         }
        ]
       }
      },
      "additionalProperties": false,
      "required": [
       "by"
      ],
      "description": "First contact: take over what stands there already, found by this field."
     },
     "gone": {
      "enum": [
       "ignore",
       "archive",
       "cancel",
       "delete"
      ],
      "description": "When the record disappears at the source."
     },
     "changed": {
      "enum": [
       "new",
       "all"
      ],
      "description": "When this file changes: from now on, or all records again."
     },
     "deletedAtTarget": {
      "enum": [
       "park",
       "recreate"
      ],
      "description": "When a person deleted the record at the target."
     }
    },
    "additionalProperties": false,
    "required": [
     "connection",
     "resource",
     "identity"
    ]
   },
   "tables": {
    "type": "object",
    "description": "Translations, reviewed like everything else.",
    "additionalProperties": {
     "type": "object",
     "additionalProperties": {
      "type": [
       "string",
       "number",
       "boolean"
      ]
     }
    }
   },
   "fields": {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
     "$ref": "#/$defs/field"
    },
    "description": "The target's fields."
   },
   "agree": {
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "target": {
       "type": "string",
       "description": "A field the target computes."
      },
      "equals": {
       "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
      "adjust": {
       "type": "object",
       "properties": {
        "line": {
         "type": "string"
        },
        "product": {
         "type": "string"
        },
        "atMost": {
         "type": "number",
         "exclusiveMinimum": 0
        }
       },
       "additionalProperties": false,
       "required": [
        "line",
        "product",
        "atMost"
       ],
       "description": "Cents from rounding twice go on a line of their own."
      }
     },
     "additionalProperties": false,
     "required": [
      "target",
      "equals"
     ]
    },
    "description": "Compared after the write, before `then`."
   },
   "then": {
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "call": {
       "type": "string",
       "description": "An action of the target."
      },
      "when": {
       "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
      "unless": {
       "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
      }
     },
     "additionalProperties": false,
     "required": [
      "call"
     ]
    },
    "description": "Steps after the write."
   },
   "schedule": {
    "description": "When it runs.",
    "anyOf": [
     {
      "type": "object",
      "properties": {
       "every": {
        "type": "string",
        "pattern": "^\\d+(ms|s|m|h|d)$",
        "description": "A duration: 30s, 5m, 2h, 1d."
       },
       "jitter": {
        "type": "string",
        "pattern": "^\\d+(ms|s|m|h|d)$",
        "description": "A duration: 30s, 5m, 2h, 1d."
       }
      },
      "additionalProperties": false,
      "required": [
       "every"
      ]
     },
     {
      "type": "object",
      "properties": {
       "cron": {
        "type": "string"
       },
       "timezone": {
        "type": "string"
       },
       "jitter": {
        "type": "string",
        "pattern": "^\\d+(ms|s|m|h|d)$",
        "description": "A duration: 30s, 5m, 2h, 1d."
       }
      },
      "additionalProperties": false,
      "required": [
       "cron"
      ]
     }
    ]
   },
   "priority": {
    "enum": [
     "high",
     "normal",
     "low"
    ]
   },
   "scopes": {
    "type": "object",
    "description": "The rights the mapping needs, by connection; must equal what it uses.",
    "additionalProperties": {
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
    "type": "object",
    "properties": {
     "retry": {
      "type": "object",
      "properties": {
       "first": {
        "type": "string",
        "pattern": "^\\d+(ms|s|m|h|d)$",
        "description": "A duration: 30s, 5m, 2h, 1d."
       },
       "max": {
        "type": "string",
        "pattern": "^\\d+(ms|s|m|h|d)$",
        "description": "A duration: 30s, 5m, 2h, 1d."
       },
       "attempts": {
        "type": "integer",
        "minimum": 1
       }
      },
      "additionalProperties": false
     },
     "parked": {
      "type": "object",
      "properties": {
       "again": {
        "type": "array",
        "items": {
         "type": "string",
         "pattern": "^\\d+(ms|s|m|h|d)$",
         "description": "A duration: 30s, 5m, 2h, 1d."
        }
       },
       "escalate": {
        "type": "string",
        "pattern": "^\\d+(ms|s|m|h|d)$",
        "description": "A duration: 30s, 5m, 2h, 1d."
       },
       "keepPayload": {
        "type": "string",
        "pattern": "^\\d+(ms|s|m|h|d)$",
        "description": "A duration: 30s, 5m, 2h, 1d."
       }
      },
      "additionalProperties": false
     },
     "halt": {
      "type": "object",
      "properties": {
       "rejected": {
        "type": "string",
        "pattern": "^\\d+(\\.\\d+)?%$",
        "description": "A share: 20%."
       },
       "window": {
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
    "type": "object",
    "properties": {
     "added": {
      "enum": [
       "ignore",
       "info",
       "warning",
       "halt"
      ]
     },
     "unused": {
      "enum": [
       "ignore",
       "info",
       "warning",
       "halt"
      ]
     },
     "mapped": {
      "enum": [
       "ignore",
       "info",
       "warning",
       "halt"
      ]
     }
    },
    "additionalProperties": false
   },
   "alerts": {
    "type": "array",
    "items": {
     "anyOf": [
      {
       "type": "object",
       "properties": {
        "failures": {
         "type": "object",
         "properties": {
          "atLeast": {
           "type": "integer",
           "minimum": 1
          },
          "within": {
           "type": "string",
           "pattern": "^\\d+(ms|s|m|h|d)$",
           "description": "A duration: 30s, 5m, 2h, 1d."
          }
         },
         "additionalProperties": false,
         "required": [
          "atLeast",
          "within"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "failures",
        "notify"
       ]
      },
      {
       "type": "object",
       "properties": {
        "rejected": {
         "type": "object",
         "properties": {
          "share": {
           "type": "string",
           "pattern": "^\\d+(\\.\\d+)?%$",
           "description": "A share: 20%."
          },
          "within": {
           "type": "string",
           "pattern": "^\\d+(ms|s|m|h|d)$",
           "description": "A duration: 30s, 5m, 2h, 1d."
          }
         },
         "additionalProperties": false,
         "required": [
          "share",
          "within"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "rejected",
        "notify"
       ]
      },
      {
       "type": "object",
       "properties": {
        "silence": {
         "type": "object",
         "properties": {
          "of": {
           "enum": [
            "records",
            "runs"
           ]
          },
          "longerThan": {
           "type": "string",
           "pattern": "^\\d+(ms|s|m|h|d)$",
           "description": "A duration: 30s, 5m, 2h, 1d."
          },
          "during": {
           "type": "string",
           "description": "Weekdays, hours and zone: MON-FRI 08:00-18:00 Europe/Brussels."
          }
         },
         "additionalProperties": false,
         "required": [
          "of",
          "longerThan"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "silence",
        "notify"
       ]
      },
      {
       "type": "object",
       "properties": {
        "oldestDeadLetter": {
         "type": "object",
         "properties": {
          "olderThan": {
           "type": "string",
           "pattern": "^\\d+(ms|s|m|h|d)$",
           "description": "A duration: 30s, 5m, 2h, 1d."
          }
         },
         "additionalProperties": false,
         "required": [
          "olderThan"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "oldestDeadLetter",
        "notify"
       ]
      },
      {
       "type": "object",
       "properties": {
        "tokenDaysLeft": {
         "type": "object",
         "properties": {
          "lessThan": {
           "type": "integer"
          }
         },
         "additionalProperties": false,
         "required": [
          "lessThan"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "tokenDaysLeft",
        "notify"
       ]
      },
      {
       "type": "object",
       "properties": {
        "budgetUsed": {
         "type": "object",
         "properties": {
          "moreThan": {
           "type": "string",
           "pattern": "^\\d+(\\.\\d+)?%$",
           "description": "A share: 20%."
          }
         },
         "additionalProperties": false,
         "required": [
          "moreThan"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "budgetUsed",
        "notify"
       ]
      },
      {
       "type": "object",
       "properties": {
        "drift": {
         "type": "object",
         "properties": {
          "atLeast": {
           "enum": [
            "added",
            "unused",
            "mapped"
           ]
          }
         },
         "additionalProperties": false,
         "required": [
          "atLeast"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "drift",
        "notify"
       ]
      },
      {
       "type": "object",
       "properties": {
        "runDuration": {
         "type": "object",
         "properties": {
          "longerThan": {
           "type": "string",
           "pattern": "^\\d+(ms|s|m|h|d)$",
           "description": "A duration: 30s, 5m, 2h, 1d."
          }
         },
         "additionalProperties": false,
         "required": [
          "longerThan"
         ]
        },
        "notify": {
         "type": "array",
         "items": {
          "type": "string"
         },
         "description": "Channels to tell.",
         "minItems": 1
        },
        "severity": {
         "enum": [
          "info",
          "warning",
          "critical"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "runDuration",
        "notify"
       ]
      }
     ]
    },
    "description": "When people are told."
   },
   "readiness": {
    "type": "object",
    "properties": {
     "saves": {
      "type": "object",
      "properties": {
       "hoursPerWeek": {
        "type": "number"
       },
       "hourlyCost": {
        "type": "number"
       }
      },
      "additionalProperties": false,
      "required": [
       "hoursPerWeek",
       "hourlyCost"
      ]
     },
     "build": {
      "type": "object",
      "properties": {
       "cost": {
        "type": "number"
       },
       "maintenancePerYear": {
        "type": "number"
       },
       "approvedBy": {
        "type": "string"
       }
      },
      "additionalProperties": false,
      "required": [
       "cost"
      ]
     },
     "api": {
      "type": "object",
      "properties": {
       "documentation": {
        "type": "string",
        "format": "uri"
       },
       "stable": {
        "type": "boolean"
       }
      },
      "additionalProperties": false,
      "required": [
       "documentation"
      ]
     }
    },
    "additionalProperties": false
   },
   "tests": {
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "name": {
       "type": "string"
      },
      "given": {
       "type": "object",
       "properties": {
        "sample": {
         "type": "string"
        },
        "change": {
         "type": "object"
        }
       },
       "additionalProperties": false,
       "required": [
        "sample"
       ]
      },
      "expect": {
       "type": "object",
       "minProperties": 1
      }
     },
     "additionalProperties": false,
     "required": [
      "name",
      "given",
      "expect"
     ]
    }
   }
  },
  "additionalProperties": false,
  "required": [
   "tidelock",
   "mapping",
   "source",
   "target",
   "fields"
  ],
  "$defs": {
   "constant": {
    "type": "object",
    "properties": {
     "constant": {
      "description": "The value as it is.",
      "type": [
       "string",
       "number",
       "boolean",
       "null"
      ]
     }
    },
    "additionalProperties": false,
    "required": [
     "constant"
    ],
    "description": "A constant rather than an expression."
   },
   "identity": {
    "description": "What makes the record the same record; an expression or several.",
    "anyOf": [
     {
      "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
     {
      "type": "array",
      "items": {
       "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
      "minItems": 1
     }
    ]
   },
   "value": {
    "description": "What the field is filled with.",
    "anyOf": [
     {
      "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
     {
      "type": "object",
      "properties": {
       "value": {
        "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
       "firstTimeOnly": {
        "type": "boolean",
        "description": "Written only when the record is created."
       }
      },
      "additionalProperties": false,
      "required": [
       "value"
      ]
     }
    ]
   },
   "field": {
    "description": "An expression, a constant, { value, firstTimeOnly }, a list of line blocks, or a record of its own.",
    "anyOf": [
     {
      "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
     {
      "type": "object",
      "properties": {
       "value": {
        "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
       "firstTimeOnly": {
        "type": "boolean",
        "description": "Written only when the record is created."
       }
      },
      "additionalProperties": false,
      "required": [
       "value"
      ]
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
   "lineBlock": {
    "type": "object",
    "properties": {
     "each": {
      "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
     "as": {
      "type": "string",
      "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
      "description": "An identifier that expressions use."
     },
     "identity": {
      "$ref": "#/$defs/identity"
     },
     "gone": {
      "description": "A line that left the source: ignore it, remove it, or set fields.",
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
          "type": "object",
          "additionalProperties": {
           "type": [
            "string",
            "number",
            "boolean",
            "null"
           ]
          }
         }
        },
        "additionalProperties": false,
        "required": [
         "set"
        ]
       }
      ]
     },
     "fields": {
      "type": "object",
      "minProperties": 1,
      "additionalProperties": {
       "$ref": "#/$defs/value"
      }
     }
    },
    "additionalProperties": false,
    "required": [
     "each",
     "as",
     "identity",
     "fields"
    ],
    "description": "Adds a line for each element of a list."
   },
   "ownRecord": {
    "type": "object",
    "properties": {
     "as": {
      "type": "string",
      "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$",
      "description": "Last part of the record's key."
     },
     "when": {
      "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
     "otherwise": {
      "description": "An expression (CEL), a number or a boolean, or { constant: … }.",
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
     "fields": {
      "type": "object",
      "minProperties": 1,
      "additionalProperties": {
       "$ref": "#/$defs/value"
      }
     }
    },
    "additionalProperties": false,
    "required": [
     "as",
     "fields"
    ],
    "description": "A record of this record's own (a delivery address): written first, keyed by the record's key and `as`. `when` false uses `otherwise`."
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
    "description": "Version of the language.",
    "const": 1
   },
   "channels": {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
     "anyOf": [
      {
       "type": "object",
       "properties": {
        "slack": {
         "type": "object",
         "properties": {
          "webhook": {
           "type": "object",
           "properties": {
            "secret": {
             "type": "string",
             "description": "The name of a secret that temporal.yaml declares."
            }
           },
           "additionalProperties": false,
           "required": [
            "secret"
           ],
           "description": "A secret by its name; temporal.yaml says where it comes from."
          }
         },
         "additionalProperties": false,
         "required": [
          "webhook"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "slack"
       ]
      },
      {
       "type": "object",
       "properties": {
        "email": {
         "type": "object",
         "properties": {
          "to": {
           "type": "array",
           "items": {
            "type": "string"
           },
           "minItems": 1
          },
          "smtp": {
           "type": "object",
           "properties": {
            "secret": {
             "type": "string",
             "description": "The name of a secret that temporal.yaml declares."
            }
           },
           "additionalProperties": false,
           "required": [
            "secret"
           ],
           "description": "A secret by its name; temporal.yaml says where it comes from."
          },
          "from": {
           "type": "string"
          }
         },
         "additionalProperties": false,
         "required": [
          "to",
          "smtp"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "email"
       ]
      },
      {
       "type": "object",
       "properties": {
        "webhook": {
         "type": "object",
         "properties": {
          "url": {
           "anyOf": [
            {
             "type": "string"
            },
            {
             "type": "object",
             "properties": {
              "secret": {
               "type": "string",
               "description": "The name of a secret that temporal.yaml declares."
              }
             },
             "additionalProperties": false,
             "required": [
              "secret"
             ],
             "description": "A secret by its name; temporal.yaml says where it comes from."
            }
           ]
          },
          "sign": {
           "type": "object",
           "properties": {
            "secret": {
             "type": "string",
             "description": "The name of a secret that temporal.yaml declares."
            }
           },
           "additionalProperties": false,
           "required": [
            "secret"
           ],
           "description": "A secret by its name; temporal.yaml says where it comes from."
          }
         },
         "additionalProperties": false,
         "required": [
          "url"
         ]
        }
       },
       "additionalProperties": false,
       "required": [
        "webhook"
       ]
      }
     ]
    }
   }
  },
  "additionalProperties": false,
  "required": [
   "tidelock",
   "channels"
  ]
 },
 "tidelock": {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://tidelock.dev/schemas/tidelock.schema.json",
  "title": "Settings",
  "description": "temporal.yaml: project, environments, secrets, worker.",
  "type": "object",
  "properties": {
   "tidelock": {
    "description": "Version of the language.",
    "const": 1
   },
   "project": {
    "type": "string",
    "pattern": "^[a-z][a-z0-9-]*$",
    "description": "A name: lower case letters, digits, hyphens."
   },
   "environments": {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
     "type": "object",
     "properties": {
      "temporal": {
       "type": "object",
       "properties": {
        "address": {
         "type": [
          "string",
          "null"
         ],
         "description": "host:port; null starts the local dev server."
        },
        "namespace": {
         "type": "string"
        },
        "taskQueue": {
         "type": "string"
        },
        "tls": {
         "type": "object",
         "properties": {
          "cert": {
           "type": "object",
           "properties": {
            "secret": {
             "type": "string",
             "description": "The name of a secret that temporal.yaml declares."
            }
           },
           "additionalProperties": false,
           "required": [
            "secret"
           ],
           "description": "A secret by its name; temporal.yaml says where it comes from."
          },
          "key": {
           "type": "object",
           "properties": {
            "secret": {
             "type": "string",
             "description": "The name of a secret that temporal.yaml declares."
            }
           },
           "additionalProperties": false,
           "required": [
            "secret"
           ],
           "description": "A secret by its name; temporal.yaml says where it comes from."
          }
         },
         "additionalProperties": false,
         "required": [
          "cert",
          "key"
         ]
        },
        "codec": {
         "type": "object",
         "properties": {
          "keys": {
           "type": "object",
           "properties": {
            "secret": {
             "type": "string",
             "description": "The name of a secret that temporal.yaml declares."
            }
           },
           "additionalProperties": false,
           "required": [
            "secret"
           ],
           "description": "A secret by its name; temporal.yaml says where it comes from."
          }
         },
         "additionalProperties": false,
         "required": [
          "keys"
         ]
        }
       },
       "additionalProperties": false
      },
      "store": {
       "description": "sqlite:PATH, or { url: { secret } }.",
       "anyOf": [
        {
         "type": "string"
        },
        {
         "type": "object",
         "properties": {
          "url": {
           "anyOf": [
            {
             "type": "string"
            },
            {
             "type": "object",
             "properties": {
              "secret": {
               "type": "string",
               "description": "The name of a secret that temporal.yaml declares."
              }
             },
             "additionalProperties": false,
             "required": [
              "secret"
             ],
             "description": "A secret by its name; temporal.yaml says where it comes from."
            }
           ]
          }
         },
         "additionalProperties": false,
         "required": [
          "url"
         ]
        }
       ]
      },
      "connections": {
       "type": "object",
       "description": "Overrides of connection files.",
       "additionalProperties": {
        "type": "object",
        "properties": {
         "settings": {
          "type": "object"
         },
         "auth": {
          "type": "object"
         },
         "limits": {
          "type": "object",
          "properties": {
           "perSecond": {
            "type": "number",
            "exclusiveMinimum": 0
           },
           "perMinute": {
            "type": "number",
            "exclusiveMinimum": 0
           },
           "perDay": {
            "type": "integer",
            "minimum": 1
           },
           "perMonth": {
            "type": "integer",
            "minimum": 1
           },
           "concurrency": {
            "type": "integer",
            "minimum": 1
           },
           "reserve": {
            "type": "string",
            "pattern": "^\\d+(\\.\\d+)?%$",
            "description": "A share: 20%."
           },
           "settleAfter": {
            "type": "string",
            "pattern": "^\\d+(ms|s|m|h|d)$",
            "description": "A duration: 30s, 5m, 2h, 1d."
           }
          },
          "additionalProperties": false,
          "description": "Our own limits, below the remote's. `reserve` stays free for people."
         }
        },
        "additionalProperties": false
       }
      }
     },
     "additionalProperties": false
    }
   },
   "secrets": {
    "type": "object",
    "additionalProperties": {
     "type": "object",
     "properties": {
      "from": {
       "type": "string",
       "description": "env:NAME, file:PATH or exec:COMMAND.",
       "pattern": "^(env|file|exec):.+$"
      },
      "to": {
       "type": "array",
       "items": {
        "type": "string"
       },
       "description": "The only hosts it may be sent to."
      }
     },
     "additionalProperties": false,
     "required": [
      "from"
     ]
    }
   },
   "worker": {
    "type": "object",
    "properties": {
     "legBudget": {
      "type": "string",
      "pattern": "^\\d+(ms|s|m|h|d)$",
      "description": "A duration: 30s, 5m, 2h, 1d."
     },
     "concurrency": {
      "type": "integer",
      "minimum": 1
     }
    },
    "additionalProperties": false
   }
  },
  "additionalProperties": false,
  "required": [
   "tidelock",
   "project",
   "environments"
  ]
 }
}
