import type { HttpReply } from '../transport.ts'
import type { Env } from './env.ts'
import type { Json, JsonObject } from './json.ts'

export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Empty where there is none, and where it came in chunks: Odoo reads by Content-Length alone (observed). */
  readonly body: Buffer
}

/** What a request is going to do: an answer known at once, or a call of a method. */
export type Prepared =
  | { readonly kind: 'reply'; readonly reply: HttpReply }
  | {
      readonly kind: 'call'
      readonly env: Env
      readonly model: string
      readonly method: string
      /** Rows of a `load`. */
      readonly rows: number
      run(env: Env): Json | undefined
      /** The answer for what `run` gave or threw. */
      succeed(value: Json | undefined): HttpReply
      fail(error: unknown): HttpReply
      /** The answer when the key is not good any more. */
      refuseKey(): HttpReply
    }

export const reply = (
  status: number,
  type: string,
  body: string,
  more: Record<string, string> = {},
): HttpReply => ({
  status,
  // Every reply ends its connection, whatever was asked (observed).
  headers: { server: 'Werkzeug/2.2.2 Python/3.11.2', connection: 'close', 'content-type': type, ...more },
  body,
})

export const json = (status: number, value: Json, more: Record<string, string> = {}): HttpReply =>
  reply(status, 'application/json; charset=utf-8', JSON.stringify(value), more)

export const page = (
  status: number,
  title: string,
  text: string,
  more: Record<string, string> = {},
): HttpReply =>
  reply(
    status,
    'text/html; charset=utf-8',
    `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${text}</p>\n`,
    more,
  )

export const html = (status: number, title: string, text: string): Prepared => now(page(status, title, text))

export const now = (value: HttpReply): Prepared => ({ kind: 'reply', reply: value })

/** Odoo puts a traceback with paths of the server into every error; a short one serves to see that it is never shown. */
export function traceback(name: string, message: string): string {
  return `Traceback (most recent call last):\n  File "/opt/odoo/odoo/http.py", line 2384, in __call__\n    response = request._serve_db()\n${name}: ${message}\n`
}

export function isJsonContent(request: HttpRequest): boolean {
  const type = request.headers['content-type']
  return typeof type === 'string' && type.split(';')[0]!.trim().toLowerCase() === 'application/json'
}

export function parse(body: Buffer): Json | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as JsonObject
  } catch {
    return undefined
  }
}
