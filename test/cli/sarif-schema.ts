const message = {
  type: 'object',
  properties: { text: { type: 'string' }, markdown: { type: 'string' } },
  required: ['text'],
  additionalProperties: false,
}
const region = {
  type: 'object',
  properties: Object.fromEntries(
    ['startLine', 'startColumn', 'endLine', 'endColumn'].map((name) => [
      name,
      { type: 'integer', minimum: 1 },
    ]),
  ),
  required: ['startLine'],
  additionalProperties: false,
}
const artifactLocation = {
  type: 'object',
  properties: { uri: { type: 'string', format: 'uri-reference' }, uriBaseId: { type: 'string' } },
  additionalProperties: false,
}
const physicalLocation = {
  type: 'object',
  properties: { artifactLocation, region },
  required: ['artifactLocation'],
  additionalProperties: false,
}
const level = { enum: ['none', 'note', 'warning', 'error'] }
const location = {
  type: 'object',
  properties: { id: { type: 'integer', minimum: -1 }, physicalLocation, message },
  additionalProperties: false,
}
const rule = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    shortDescription: message,
    fullDescription: message,
    help: message,
    helpUri: { type: 'string', format: 'uri' },
    defaultConfiguration: { type: 'object', properties: { level }, additionalProperties: false },
  },
  required: ['id'],
  additionalProperties: false,
}
const fix = {
  type: 'object',
  properties: {
    description: message,
    artifactChanges: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          artifactLocation,
          replacements: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              properties: {
                deletedRegion: region,
                insertedContent: {
                  type: 'object',
                  properties: { text: { type: 'string' } },
                  additionalProperties: false,
                },
              },
              required: ['deletedRegion'],
              additionalProperties: false,
            },
          },
        },
        required: ['artifactLocation', 'replacements'],
        additionalProperties: false,
      },
    },
  },
  required: ['artifactChanges'],
  additionalProperties: false,
}

/** What the published schema of SARIF 2.1.0 says of the parts that are written here. */
export const SARIF = {
  type: 'object',
  properties: {
    $schema: { type: 'string', format: 'uri' },
    version: { enum: ['2.1.0'] },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          tool: {
            type: 'object',
            properties: {
              driver: {
                type: 'object',
                properties: {
                  name: { type: 'string' },
                  semanticVersion: { type: 'string' },
                  rules: { type: 'array', uniqueItems: true, items: rule },
                },
                required: ['name'],
                additionalProperties: false,
              },
            },
            required: ['driver'],
            additionalProperties: false,
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          originalUriBaseIds: { type: 'object', additionalProperties: { type: 'object' } },
          results: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: -1 },
                level,
                message,
                locations: { type: 'array', items: location },
                relatedLocations: { type: 'array', uniqueItems: true, items: location },
                fixes: { type: 'array', uniqueItems: true, items: fix },
              },
              required: ['message'],
              additionalProperties: false,
            },
          },
        },
        required: ['tool'],
        additionalProperties: false,
      },
    },
  },
  required: ['version', 'runs'],
  additionalProperties: false,
}
