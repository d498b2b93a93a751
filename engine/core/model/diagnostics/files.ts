import { CUSTOMERS, entries, ODOO, ORDERS, SETTINGS, SHOPIFY } from './entry.ts'

/** What is wrong with the form of one file. */
export const FILE_DIAGNOSTICS = entries('file', {
  'unknown-kind': {
    title: 'The file does not say what it is',
    why: 'A file is a mapping, a connection, channels or settings; without the key that says so nothing of it is used.',
    mend: 'Begin with `tidelock: 1`, then `mapping: NAME`, `connection: NAME`, `channels:` or `project: NAME`.',
    example: {
      file: SHOPIFY,
      right: 'connection: shopify\nconnector',
      wrong: 'conection: shopify\nconnector',
    },
  },
  'misplaced-file': {
    title: 'The file stands where it is not looked for, or cannot be read',
    why: 'There is one temporal.yaml, at the top, and one file of channels; a second one would be ignored, and so would a link to nothing.',
    mend: 'Move what it says to the place that is named; mend a link, and see who may read the file.',
    example: {
      file: 'mappings/second-shop.yaml',
      right:
        'tidelock: 1\nconnection: second-shop\nconnector: shopify\nsettings: { shop: acme, apiVersion: "2026-07" }\nauth: { accessToken: { secret: shopify-client-secret } }\n',
      wrong: 'tidelock: 1\nproject: second-shop\nenvironments: { default: {} }\n',
    },
  },
  'unknown-version': {
    title: 'The file is written in another version of the language',
    why: 'A newer version may mean something else by the same words.',
    mend: 'Write `tidelock: 1`, or use a Tidelock that reads that version.',
    example: { file: CUSTOMERS, right: 'tidelock: 1', wrong: 'tidelock: 7' },
  },
  'missing-key': {
    title: 'A key is missing that the block cannot do without',
    why: 'Tidelock does not guess what was left out.',
    mend: 'Add the keys that are named. `--fix` adds a missing `tidelock: 1`.',
    example: { file: CUSTOMERS, right: 'tidelock: 1\nmapping', wrong: 'mapping' },
  },
  'wrong-kind': {
    title: 'A text, number, list or block stands where another kind of value is needed',
    why: 'A quoted number is a text to YAML, a bare one a number; the setting would not be understood.',
    mend: 'Add or remove the quotation marks or brackets that the hint shows. `--fix` does it where nothing else can be meant.',
    example: { file: ODOO, right: 'version: "19.0"', wrong: 'version: 19.0' },
  },
  'unknown-key': {
    title: 'A key is not known here',
    why: 'It would be ignored, and what it was meant to say with it.',
    mend: 'Use the known key that is named, or move it to the block it belongs to. `--fix` does it where only one comes close.',
    example: { file: ORDERS, right: 'priority: high', wrong: 'priorty: high' },
  },
  'not-one-of': {
    title: 'The value is none of those that can stand here',
    why: 'There is a closed list of what can be chosen.',
    mend: 'Write one of the values that are named.',
    example: { file: ORDERS, right: 'priority: high', wrong: 'priority: hihg' },
  },
  'bad-name': {
    title: 'The name has a form that names cannot have',
    why: 'Names become parts of keys, addresses and variables.',
    mend: 'Write it as the hint shows.',
    example: {
      file: ODOO,
      right: 'tidelock.web_guest: {',
      wrong: 'web guest: {',
    },
  },
  'bad-format': {
    title: 'The value does not have the form it needs',
    why: 'Durations, shares, dates and addresses are read by a fixed pattern.',
    mend: 'Write it as the hint shows, such as 30s, 5m, 2h, 1d or 20%.',
    example: {
      file: ORDERS,
      right: 'schedule: { every: 5m,',
      wrong: 'schedule: { every: 5 minutes,',
    },
  },
  'out-of-range': {
    title: 'The number is too small or too large',
    why: 'Outside of its range the setting has no meaning, or harms a remote system.',
    mend: 'Choose a value within the bounds that are named.',
    example: { file: ORDERS, right: 'attempts: 8 }', wrong: 'attempts: 0 }' },
  },
  empty: {
    title: 'A list, block or text is empty that must not be',
    why: 'An empty one says nothing, and often something was to be filled in later.',
    mend: 'Fill it, or remove the key.',
    example: { file: SETTINGS, right: 'to: [acme.odoo.com]', wrong: 'to: []' },
  },
  'wrong-shape': {
    title: 'The value fits none of the forms it can have',
    why: 'The key can be written in several ways, and this is none of them.',
    mend: 'Write one of the forms that the hint shows.',
    example: { file: ORDERS, right: 'adopt: { by: client_order_ref }', wrong: 'adopt: { by: 7 }' },
  },
  'missing-settings': {
    title: 'There is no temporal.yaml',
    why: 'It names the project, the environments and where secrets come from; nothing can run without it.',
    mend: 'Write one at the top of the repository, with `tidelock: 1`, `project` and `environments`.',
    example: { file: SETTINGS, right: 'project: acme', wrong: null },
  },
})
