import { CUSTOMERS, entries, ODOO, ORDERS, SETTINGS, SHOPIFY } from './entry.ts'

/** What is wrong between the files, and what one value alone cannot tell. */
export const REPOSITORY_DIAGNOSTICS = entries('repository', {
  'unknown-connector': {
    title: 'There is no connector of that name',
    why: 'A connector is the code that speaks one kind of system; without it nothing can be read or written.',
    mend: 'Write one of the connectors that are named.',
    example: { file: SHOPIFY, right: 'connector: shopify', wrong: 'connector: shopifi' },
  },
  'unknown-connection': {
    title: 'There is no connection of that name',
    why: 'The mapping would not know which account to read from or write to.',
    mend: 'Use the name that a file below mappings/connections declares, or write such a file.',
    example: { file: ORDERS, right: '  connection: shopify\n', wrong: '  connection: shopfy\n' },
  },
  'duplicate-name': {
    title: 'Two things have one name',
    why: 'Which of them is meant would depend on the order in which files are read.',
    mend: 'Give one of them another name.',
    example: {
      file: 'mappings/connections/second-shop.yaml',
      right:
        'tidelock: 1\nconnection: second-shop\nconnector: shopify\nsettings: { shop: acme, apiVersion: "2026-07" }\nauth: { accessToken: { secret: shopify-client-secret } }\n',
      wrong:
        'tidelock: 1\nconnection: shopify\nconnector: shopify\nsettings: { shop: acme, apiVersion: "2026-07" }\nauth: { accessToken: { secret: shopify-client-secret } }\n',
    },
  },
  'reserved-name': {
    title: 'The name means something else in expressions',
    why: 'Expressions could not tell the record from the word of the language.',
    mend: 'Choose another name for `as`.',
    example: {
      file: ORDERS,
      right: 'as: invoice-to',
      wrong: 'as: match',
    },
  },
  'bare-word': {
    title: 'A word is neither a variable nor marked as a text',
    why: 'It may be a field of the record or a constant text; a guess would write the wrong value into every record.',
    mend: 'Write `order.field` for the field, or `{ constant: Word }` for the text.',
    example: {
      file: ORDERS,
      at: '  client_order_ref: order.name',
      right: '  client_order_ref: { constant: Web }',
      wrong: '  client_order_ref: Web',
    },
  },
  'undeclared-secret': {
    title: 'A secret is used that temporal.yaml does not declare',
    why: 'Only what is declared there says where the secret comes from and where it may be sent.',
    mend: 'Declare it under `secrets:` in temporal.yaml, with `from` and `to`, or use the name that is close.',
    example: { file: ODOO, right: 'secret: odoo-key', wrong: 'secret: odoo-kee' },
  },
  'unused-secret': {
    severity: 'warning',
    title: 'A secret is declared that nothing uses',
    why: 'It widens what a worker may read for no reason.',
    mend: 'Remove it, or use it.',
    example: {
      file: SETTINGS,
      at: 'worker: {',
      right: 'worker: {',
      wrong: '  old-key: { from: "env:OLD_KEY", to: [acme.odoo.com] }\nworker: {',
    },
  },
  'secret-without-hosts': {
    title: 'A secret does not say where it may be sent',
    why: 'A mistyped address would hand the key to a stranger; with `to` it is sent to those hosts only.',
    mend: 'Add `to: [host]`.',
    example: {
      file: SETTINGS,
      right: '{ from: "env:ODOO_API_KEY", to: [acme.odoo.com] }',
      wrong: '{ from: "env:ODOO_API_KEY" }',
    },
  },
  'secret-other-host': {
    title: 'A connection or channel would send a secret to a host that it may not be sent to',
    why: 'The request is refused before it is sent.',
    mend: 'Write the host of the connection or channel under `to` of the secret, if it belongs there.',
    example: {
      file: SETTINGS,
      right: '{ from: "env:ODOO_API_KEY", to: [acme.odoo.com] }',
      wrong: '{ from: "env:ODOO_API_KEY", to: [acme.odoo.example] }',
    },
  },
  'secret-literal': {
    title: 'A value looks like a key or token',
    why: 'Files are read by everybody who reviews them, and stay in the history for ever.',
    mend: 'Write `{ secret: NAME }`, declare NAME in temporal.yaml, and replace the key at the other system: it has been seen.',
    example: {
      file: CUSTOMERS,
      at: 'owner: sales-ops',
      right: 'owner: sales-ops',
      wrong: `owner: ${'shpat'}_${'0123456789abcdef'.repeat(2)}`,
    },
  },
  'unknown-channel': {
    title: 'There is no channel of that name',
    why: 'The alert would reach nobody.',
    mend: 'Declare the channel in mappings/channels.yaml, or write the name of one that is there.',
    example: {
      file: ORDERS,
      at: 'priority: high',
      right: 'priority: high',
      wrong: 'priority: high\nalerts:\n  - { failures: { atLeast: 5, within: 1h }, notify: [night-shift] }',
    },
  },
  'bad-cron': {
    title: 'The cron line cannot be read',
    why: 'The schedule would never fire, or at other times than meant.',
    mend: 'Five parts: minute, hour, day, month, weekday, such as `"*/5 8-18 * * MON-FRI"`.',
    example: {
      file: CUSTOMERS,
      at: 'schedule: { every: 5m, jitter: 20s }',
      right: 'schedule: { cron: "*/5 8-18 * * MON-FRI", timezone: Europe/Brussels }',
      wrong: 'schedule: { cron: "*/5 8-28 * * MON-FRI", timezone: Europe/Brussels }',
    },
  },
  'bad-hours': {
    title: 'The hours of the week cannot be read',
    why: 'Silence would be watched at other hours than meant.',
    mend: 'Weekdays, hours and zone: `MON-FRI 08:00-18:00 Europe/Brussels`.',
    example: {
      file: ORDERS,
      at: 'priority: high',
      right:
        'priority: high\nalerts:\n  - { silence: { of: records, longerThan: 3h, during: "MON-FRI 08:00-18:00 Europe/Brussels" }, notify: [ops] }',
      wrong:
        'priority: high\nalerts:\n  - { silence: { of: records, longerThan: 3h, during: "Monday to Friday" }, notify: [ops] }',
      beside: {
        file: 'mappings/channels.yaml',
        text: 'tidelock: 1\nchannels: { ops: { slack: { webhook: { secret: odoo-key } } } }\n',
      },
    },
  },
  'unknown-zone': {
    title: 'There is no such time zone',
    why: 'A day begins at another moment in each zone; without one nobody can say when.',
    mend: 'Write the name of the IANA database, such as Europe/Brussels or UTC.',
    example: {
      file: CUSTOMERS,
      at: 'schedule: { every: 5m, jitter: 20s }',
      right: 'schedule: { cron: "0 8 * * *", timezone: Europe/Brussels }',
      wrong: 'schedule: { cron: "0 8 * * *", timezone: Europe/Bruxelles }',
    },
  },
  'missing-environment': {
    title: 'The environment does not exist',
    why: 'Every command without `--env` uses the environment `default`.',
    mend: 'Declare it under `environments:` in temporal.yaml, or rename one of those there are.',
    example: { file: SETTINGS, right: '  default:\n', wrong: '  staging:\n' },
  },
})
