import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  print,
  Source,
  TokenKind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** An error as it stands in an answer. */
export interface ShopifyError {
  readonly message: string
  readonly locations?: readonly { readonly line: number; readonly column: number }[]
  readonly path?: readonly (string | number)[]
  readonly extensions: Readonly<Record<string, unknown>>
}

type Words = readonly [
  found: RegExp,
  code: string,
  message: (parts: readonly string[]) => string,
  more?: (parts: readonly string[]) => Record<string, unknown>,
]

/**
 * What graphql-js finds, in the words and codes of the Admin API. The first four and their extra fields are recorded from a shop;
 * of the others only the codes are.
 */
const WORDS: readonly Words[] = [
  [
    /^Cannot query field "(\w+)" on type "(\w+)"/,
    'undefinedField',
    ([field, type]) => `Field '${field}' doesn't exist on type '${type}'`,
    ([fieldName, typeName]) => ({ typeName, fieldName }),
  ],
  [
    /^Field "(\w+)" of type "([^"]+)" must have a selection/,
    'selectionMismatch',
    ([field, type]) =>
      `Field must have selections (field '${field}' returns ${bare(type!)} but has no selections. Did you mean '${field} { ... }'?)`,
    ([field, type]) => ({ nodeName: `field '${field}'`, typeName: bare(type!) }),
  ],
  [
    /^Field "(\w+)" must not have a selection since type "([^"]+)"/,
    'selectionMismatch',
    ([field, type]) =>
      `Selections can't be made on scalars (field '${field}' returns ${bare(type!)} but has selections)`,
    ([field, type]) => ({ nodeName: `field '${field}'`, typeName: bare(type!) }),
  ],
  [
    /^Unknown argument "(\w+)" on field "(?:\w+\.)?(\w+)"/,
    'argumentNotAccepted',
    ([argument, field]) => `Field '${field}' doesn't accept argument '${argument}'`,
    ([argumentName, name]) => ({ name, typeName: 'Field', argumentName }),
  ],
  [
    /^(?:Field|Argument) "(?:\w+\.)?(\w+)(?:\((\w+):\))?" (?:argument "(\w+)" )?of type "[^"]+" is required/,
    'missingRequiredArguments',
    ([field, short, long]) => `Field '${field}' is missing required arguments: ${short ?? long}`,
    ([name, short, long]) => ({ className: 'Field', name, arguments: short ?? long }),
  ],
  [
    /^Unknown type "(\w+)"/,
    'undefinedType',
    ([type]) => `No such type ${type}, so it can't be a fragment condition`,
    ([typeName]) => ({ typeName }),
  ],
  [
    /^Unknown directive "@(\w+)"/,
    'undefinedDirective',
    ([directive]) => `Directive @${directive} is not defined`,
    ([directiveName]) => ({ directiveName }),
  ],
  [
    /^Variable "\$(\w+)" is never used(?: in operation "(\w+)")?/,
    'variableNotUsed',
    ([variable, operation]) =>
      `Variable $${variable} is declared by ${operation ?? 'anonymous query'} but not used`,
    ([variableName]) => ({ variableName }),
  ],
  [
    /^Variable "\$(\w+)" is not defined(?: by operation "(\w+)")?/,
    'variableNotDefined',
    ([variable, operation]) =>
      `Variable $${variable} is used by ${operation ?? 'anonymous query'} but not declared`,
    ([variableName]) => ({ variableName }),
  ],
  [
    /^Variable "\$(\w+)" of type "([^"]+)" used in position expecting type "([^"]+)"/,
    'variableMismatch',
    ([variable, given, wanted]) => `Type mismatch on variable $${variable} (${given} / ${wanted})`,
    ([variableName, typeName]) => ({ variableName, typeName, errorMessage: 'Type mismatch' }),
  ],
]

function bare(type: string): string {
  return type.replace(/[[\]!]/g, '')
}

/** A fault of validation. Anything left over is about a literal that does not fit its argument. */
export function asShopify(schema: GraphQLSchema, document: DocumentNode, error: GraphQLError): ShopifyError {
  const at = { ...(error.locations === undefined ? {} : { locations: error.locations.slice(0, 1) }) }
  const node = error.nodes?.[0]
  const path = node === undefined ? [] : pathTo(schema, document, node)
  for (const [found, code, message, more] of WORDS) {
    const parts = found.exec(error.message)?.slice(1)
    if (parts !== undefined)
      return { message: message(parts), ...at, path, extensions: { code, ...more?.(parts) } }
  }
  return { message: error.message, ...at, path, extensions: { code: 'argumentLiteralsIncompatible' } }
}

/** `["query OrdersDelta", "orders", "nodes", "nope"]`, as recorded. */
function pathTo(schema: GraphQLSchema, document: DocumentNode, wanted: ASTNode): readonly string[] {
  const path: string[] = []
  let found: readonly string[] = []
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      enter(node) {
        const step = stepOf(node)
        if (step !== null) path.push(step)
        if (node !== wanted) return undefined
        found = [...path]
        return BREAK
      },
      leave(node) {
        if (stepOf(node) !== null) path.pop()
      },
    }),
  )
  return found
}

function stepOf(node: ASTNode): string | null {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
      return node.name === undefined ? node.operation : `${node.operation} ${node.name.value}`
    case Kind.FRAGMENT_DEFINITION:
      return `fragment ${node.name.value}`
    case Kind.INLINE_FRAGMENT:
      return node.typeCondition === undefined ? '...' : `... on ${node.typeCondition.name.value}`
    case Kind.FIELD:
      return (node.alias ?? node.name).value
    case Kind.ARGUMENT:
      return node.name.value
    default:
      return null
  }
}

/** A text that does not parse. Where it ends too early, the last word of it is named, as recorded. */
export function syntaxError(text: string, error: GraphQLError): ShopifyError {
  const unexpected = /found (.*?)\.?$/.exec(error.message)?.[1] ?? 'input'
  const early = unexpected === '<EOF>'
  const { line, column } = (early ? lastWord(text) : error.locations?.[0]) ?? { line: 1, column: 1 }
  return {
    message: `syntax error, unexpected ${early ? 'end of file' : unexpected} at [${line}, ${column}]`,
    locations: [{ line, column }],
    extensions: { code: 'PARSE_ERROR' },
  }
}

function lastWord(text: string): { line: number; column: number } {
  const lexer = new Lexer(new Source(text))
  let last = { line: 1, column: 1 }
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) last = token
  return { line: last.line, column: last.column }
}

/** Values of variables that do not fit. */
export function variableErrors(
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  errors: readonly GraphQLError[],
): readonly ShopifyError[] {
  return errors.map((error) => {
    const name = /\$(\w+)/.exec(error.message)?.[1] ?? ''
    const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)
    const value = variables[name] ?? null
    const type = definition === undefined ? '' : print(definition.type)
    const explanation =
      value === null
        ? 'Expected value to not be null'
        : `Could not coerce value ${JSON.stringify(value)} to ${bare(type)}`
    return {
      message: `Variable $${name} of type ${type} was provided invalid value`,
      locations: error.locations ?? [],
      extensions: { code: 'INVALID_VARIABLE', value, problems: [{ path: [], explanation }] },
    }
  })
}

export function isGraphqlError(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError
}
