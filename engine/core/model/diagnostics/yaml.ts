import { CUSTOMERS, entries, ODOO, ORDERS, SHOPIFY } from './entry.ts'

/** What is wrong with a file before it is known what it says. */
export const YAML_DIAGNOSTICS = entries('yaml', {
  'not-text': {
    title: 'The file is not text in UTF-8',
    why: 'Characters that cannot be read, or that nobody sees, would end up in names and values.',
    mend: 'Save the file as UTF-8, remove the character that is named, or move a file that is no text elsewhere.',
    example: {
      file: CUSTOMERS,
      right: 'owner: sales-ops',
      wrong: 'owner: sales\u0007ops',
    },
  },
  'yaml-syntax': {
    title: 'The file is not YAML',
    why: 'From here on nobody can say what belongs to what, so the rest of the file is not looked at.',
    mend: 'Close what is open and indent keys of one block alike. Other faults of the file show up afterwards.',
    example: {
      file: CUSTOMERS,
      right: 'schedule: { every: 5m, jitter: 20s }',
      wrong: 'schedule: { every: 5m, jitter: 20s',
    },
  },
  'yaml-tab': {
    title: 'A tab indents a line',
    why: 'YAML allows spaces only: how wide a tab is differs from editor to editor.',
    mend: 'Indent with spaces. `--fix --unsafe` writes two for each tab.',
    example: { file: CUSTOMERS, right: '  email: customer.', wrong: '\temail: customer.' },
  },
  'duplicate-key': {
    title: 'A key stands twice in one block',
    why: 'YAML readers differ in which of the two counts; one of them would be lost without a word.',
    mend: 'Keep one of them. `--fix` removes a line that is the same word for word.',
    example: {
      file: CUSTOMERS,
      right: '  city: customer.defaultAddress.city',
      wrong: '  city: customer.defaultAddress.city\n  city: customer.defaultAddress.city',
    },
  },
  'yaml-key': {
    title: 'A list or block stands where a key should',
    why: 'Keys are names. A bracket at the beginning of a key makes YAML read a list.',
    mend: 'Write a name, in quotation marks where it begins with a bracket.',
    example: { file: ORDERS, right: '"0.2": UK 20% }', wrong: '[0.2]: UK 20% }' },
  },
  'yaml-number': {
    title: 'A number cannot be kept exactly',
    why: 'Numbers beyond 9007199254740991 lose digits when they are read; an id would point at something else.',
    mend: 'Write it in quotation marks: then it is a text, digit for digit.',
    example: {
      file: ORDERS,
      at: '0.05',
      right: '0.05',
      wrong: '99999999999999999999',
    },
  },
  'yaml-alias': {
    title: 'A YAML alias (*name) is used',
    why: 'What an alias stands for is written somewhere else; a reviewer of a change does not see it.',
    mend: 'Write the value out. If the star was meant as text, quote it.',
    example: { file: CUSTOMERS, right: 'owner: sales-ops', wrong: 'owner: *sales' },
  },
  'yaml-anchor': {
    title: 'A YAML anchor (&name) is used',
    why: 'Anchors change other places of the file; a reviewer of a change does not see that.',
    mend: 'Write the value out where it is used.',
    example: { file: CUSTOMERS, right: 'owner: sales-ops', wrong: 'owner: &sales sales-ops' },
  },
  'yaml-merge': {
    title: 'A YAML merge key (<<) is used',
    why: 'It takes keys from another place of the file; a reviewer of a change does not see which.',
    mend: 'Write the keys out.',
    example: {
      file: CUSTOMERS,
      right: 'schedule: { every: 5m, jitter: 20s }',
      wrong: 'schedule: { <<: { every: 5m }, jitter: 20s }',
    },
  },
  'yaml-tag': {
    title: 'A YAML tag (!name) is used',
    why: 'A tag tells some readers to make another kind of value of the text, or to drop the word.',
    mend: 'Quote the value if the exclamation mark was meant as text.',
    example: { file: CUSTOMERS, right: 'owner: sales-ops', wrong: 'owner: !team sales-ops' },
  },
  'yaml-directive': {
    title: 'A YAML directive (%) changes how the file is read',
    why: 'The same text would mean something else than in the files beside it.',
    mend: 'Remove the line that begins with %.',
    example: {
      file: SHOPIFY,
      right: '# yaml-language-server: $schema=../../schemas/language/connection.schema.json\n',
      wrong: '%YAML 1.1\n---\n',
    },
  },
  'empty-file': {
    title: 'The file is empty',
    why: 'A file without content is most often one that was not saved.',
    mend: 'Write a mapping, a connection, channels or settings; or delete the file.',
    example: {
      file: 'mappings/connections/second-shop.yaml',
      right:
        'tidelock: 1\nconnection: second-shop\nconnector: shopify\nsettings: { shop: acme, apiVersion: "2026-07" }\nauth: { accessToken: { secret: shopify-client-secret } }\n',
      wrong: '# to be written\n',
    },
  },
  'several-documents': {
    title: 'The file holds several YAML documents',
    why: 'Only one of them would be read.',
    mend: 'Write one file for each.',
    example: {
      file: ODOO,
      right: 'tidelock: 1\nconnection: odoo\n',
      wrong: '---\ntidelock: 1\n---\ntidelock: 1\nconnection: odoo\n',
    },
  },
  'quote-expression': {
    title: 'YAML would change the expression',
    why: 'YAML takes ` #` for a comment, a comma inside { } for the end of the value, ! for a tag, and `: ` for a key. The expression would run without the part that is lost.',
    mend: 'Put the whole expression in single quotation marks, as the hint shows it. `--fix` does it.',
    example: {
      file: ORDERS,
      at: '  client_order_ref: order.name',
      right: '  client_order_ref: \'order.name + " #1"\'',
      wrong: '  client_order_ref: order.name + " #1"',
    },
  },
})
