import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildASTSchema,
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  parseType,
  validate,
  visit,
} from 'graphql'
import { actualCost, type Priced, requestedCost, sizeOf } from './cost.ts'
import { type Call, resolve } from './resolve.ts'
import { asShopify, type ShopifyError, syntaxError, variableErrors } from './validation.ts'

/** `first` and `last` may ask for that many; nested lists too. */
const MOST_IN_A_PAGE = 250

/** What queries are held against, and what they are executed with. */
export interface Schemas {
  readonly public: GraphQLSchema
  /** A refused root field is null even where its type says it never is, and the others are still answered. */
  readonly executed: GraphQLSchema
}

const TEXT = load()
export const SCHEMAS: Schemas = schemasOf(parse(TEXT))

function schemasOf(document: DocumentNode): Schemas {
  const executed = buildASTSchema(document)
  for (const field of Object.values(executed.getQueryType()!.getFields()))
    field.type = getNullableType(field.type)
  return { public: buildASTSchema(document), executed }
}

export interface FieldChange {
  readonly type: string
  readonly field: string
  /** Null: it goes. `recorded`: all is again as it was in the beginning. */
  readonly to: { readonly name?: string; readonly type?: string } | null | 'recorded'
}

/** The schema of a version in which a field is gone, or has another name or type. */
export function changedSchemas({ type, field, to }: FieldChange): Schemas {
  if (to === 'recorded') return SCHEMAS
  let found = false
  const document = visit(parse(TEXT), {
    ObjectTypeDefinition: (node) => (node.name.value === type ? undefined : false),
    FieldDefinition(node) {
      if (node.name.value !== field) return
      found = true
      if (to === null) return null
      const name = { ...node.name, value: to.name ?? field }
      return { ...node, name, type: to.type === undefined ? node.type : parseType(to.type) }
    },
  })
  if (!found) throw new Error(`There is no field ${field} of ${type}.`)
  return schemasOf(document)
}

function load(): string {
  const file = 'schemas/recorded/shopify/2026-07/schema.graphql'
  for (const up of ['../../..', '../../../..']) {
    try {
      return readFileSync(join(import.meta.dirname, up, file), 'utf8')
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error
    }
  }
  throw new Error('The schema of the shop is not beside the stand-in.')
}

export interface Prepared {
  readonly operation: string
  /** What it is admitted at. */
  readonly cost: number
  run(call: Call): Promise<{ data: unknown; errors: readonly ShopifyError[]; cost: number }>
}

/** Parses, validates and prices a query. Faults have the codes Shopify gives. */
export function prepare(
  { public: schema, executed }: Schemas,
  text: string,
  given: Readonly<Record<string, unknown>>,
  operationName: string | null,
): Prepared | { readonly errors: readonly ShopifyError[] } {
  let document: ReturnType<typeof parse>
  try {
    document = parse(text)
  } catch (error) {
    return { errors: [syntaxError(text, error as GraphQLError)] }
  }
  const faults = validate(schema, document)
  if (faults.length > 0) return { errors: faults.map((fault) => asShopify(schema, document, fault)) }
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === 'OperationDefinition' &&
      (operationName === null || definition.name?.value === operationName),
  )
  if (operation === undefined)
    return {
      errors: [{ message: `No operation named "${operationName}"`, extensions: { code: 'BAD_REQUEST' } }],
    }
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], given)
  if ('errors' in coerced && coerced.errors !== undefined)
    return { errors: variableErrors(operation, given, coerced.errors) }
  const variables = coerced.variableValues!.coerced
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === 'FragmentDefinition')
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const query: Priced = { schema, fragments, variables }
  const most = largestPage(query, document)
  if (most > MOST_IN_A_PAGE) return { errors: [TOO_LARGE] }
  return {
    operation: operation.name?.value ?? 'anonymous',
    cost: requestedCost(query, operation.selectionSet),
    async run(call) {
      const result = await execute({
        schema: executed,
        document,
        operationName: operationName ?? null,
        variableValues: given,
        contextValue: call,
        fieldResolver: resolve,
        typeResolver: (value) => (value as { __typename: string }).__typename,
      })
      return {
        data: result.data,
        errors: (result.errors ?? []).map(({ message, locations, extensions, path }) => ({
          message,
          ...(locations === undefined ? {} : { locations }),
          extensions,
          ...(path === undefined ? {} : { path }),
        })),
        cost: actualCost(query, operation.selectionSet, result.data),
      }
    },
  }
}

const TOO_LARGE: ShopifyError = {
  message:
    'first cannot exceed 250. To query larger amounts of data with fewer limits, bulk operations should be used instead.',
  extensions: { code: 'BAD_REQUEST' },
}

function largestPage(query: Priced, document: ReturnType<typeof parse>): number {
  let most = 0
  visit(document, {
    Field(node) {
      most = Math.max(most, Number(sizeOf(query, node) ?? 0))
    },
  })
  return most
}
