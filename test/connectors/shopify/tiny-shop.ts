import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getNamedType,
  parse,
  validate,
} from 'graphql'
import { shopify } from '../../../engine/connectors/shopify/index.ts'
import type { Connection, Host, HttpReply, HttpRequest, Rate } from '../../../engine/core/model/connector.ts'
import { createCredentialSource } from '../../../engine/transfer/credentials/source.ts'
import { ROOT } from '../../core/compile/repository.ts'

const SDL = buildSchema(readFileSync(join(ROOT, 'schemas/recorded/shopify/2026-07/schema.graphql'), 'utf8'))

/** A node as GraphQL gives it, lists plain. `__typename` and `id` where it can be asked for by id. */
export type Thing = Readonly<Record<string, unknown>>

export interface Asked {
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
}

export interface TinyShop {
  readonly connection: Connection
  readonly asked: readonly Asked[]
  readonly requests: readonly HttpRequest[]
  readonly rates: readonly Rate[]
  /** A second connection to the same shop, which has learned nothing yet. */
  again(): Promise<Connection>
}

export interface TinyOptions {
  readonly things?: Readonly<Record<string, readonly Thing[]>>
  /** Points a query asks for. Default 10. */
  readonly cost?: (asked: Asked) => number
  /** An answer in place of the right one. */
  readonly instead?: (asked: Asked, count: number) => Partial<HttpReply> | null
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The smallest shop: hands over what it is given, executes real GraphQL in the process, prices as the test says. For what the
 * stand-in cannot be brought to do: lists in lists, odd prices, places that become void.
 */
export async function openTinyShop(options: TinyOptions = {}): Promise<TinyShop> {
  const [asked, requests, rates]: [Asked[], HttpRequest[], Rate[]] = [[], [], []]
  const host: Host = {
    async request(request) {
      requests.push(request)
      const { query: text, variables } = JSON.parse(request.body ?? '{}') as {
        query: string
        variables: Record<string, unknown>
      }
      const one = { text, variables }
      asked.push(one)
      const instead = options.instead?.(one, asked.length) ?? null
      const body = instead === null ? JSON.stringify(await answer(one, options)) : ''
      return { status: 200, headers: options.headers ?? {}, body, ...instead }
    },
    reportRate: (rate) => void rates.push(rate),
    reportRefusal() {},
    now: () => Date.parse('2026-11-20T00:00:00Z'),
    secret: async () => 'shpat_tiny',
    credential: (spec) =>
      createCredentialSource(spec, { ...host, secretAgain: host.secret }, null, 'the token'),
    log() {},
  }
  const again = () =>
    shopify.open(
      {
        name: 'shop',
        connector: 'shopify',
        settings: { shop: 'tiny', apiVersion: '2026-07' },
        auth: { accessToken: { secret: 'token' } },
      },
      host,
    )
  return { connection: await again(), asked, requests, rates, again }
}

export const status = (currentlyAvailable: number) => ({
  maximumAvailable: 2_000,
  currentlyAvailable,
  restoreRate: 100,
})

async function answer(asked: Asked, { things = {}, cost = () => 10 }: TinyOptions): Promise<object> {
  const document = parse(asked.text)
  const faults = validate(SDL, document)
  if (faults.length > 0) throw faults[0]
  const points = cost(asked)
  if (points > 1_000) {
    const extensions = { code: 'MAX_COST_EXCEEDED', cost: points, maxCost: 1_000 }
    return { errors: [{ message: 'Query cost is too high.', extensions }] }
  }
  const byId = new Map(Object.values(things).flatMap(idsIn))
  const resolve: GraphQLFieldResolver<unknown, unknown> = (source, args, _context, info) => {
    const name = info.fieldName
    const root = info.parentType.name === 'QueryRoot'
    if (root && name === 'node') return byId.get(String(args['id'])) ?? null
    if (root && name === 'nodes') return (args['ids'] as string[]).map((id) => byId.get(id) ?? null)
    const value = root ? (things[name] ?? []) : (source as Thing)[name]
    if (!Array.isArray(value)) return value ?? null
    const first = typeof args['first'] === 'number' ? args['first'] : value.length
    if (first > 250)
      throw new GraphQLError('first cannot exceed 250.', { extensions: { code: 'BAD_REQUEST' } })
    if (!getNamedType(info.returnType).name.endsWith('Connection')) return value.slice(0, first)
    const start = typeof args['after'] === 'string' ? Number(args['after']) : 0
    const end = start + first
    return {
      nodes: value.slice(start, end),
      pageInfo: { hasNextPage: end < value.length, endCursor: String(Math.min(end, value.length)) },
    }
  }
  const { data, errors } = await execute({
    schema: SDL,
    document,
    variableValues: asked.variables,
    fieldResolver: resolve,
    typeResolver: (value) => (value as { __typename: string }).__typename,
  })
  return {
    data,
    ...(errors === undefined ? {} : { errors }),
    extensions: {
      cost: { requestedQueryCost: points, actualQueryCost: 1, throttleStatus: status(2_000 - points) },
    },
  }
}

/** Everything that has an id, at any depth. */
function idsIn(value: unknown): [string, Thing][] {
  if (Array.isArray(value)) return value.flatMap(idsIn)
  if (typeof value !== 'object' || value === null) return []
  const thing = value as Thing
  const own: [string, Thing][] = typeof thing['id'] === 'string' ? [[thing['id'], thing]] : []
  return [...own, ...Object.values(thing).flatMap(idsIn)]
}
