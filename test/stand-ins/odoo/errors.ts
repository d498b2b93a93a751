/**
 * Errors by the class Odoo names. On JSON-RPC all of them come with HTTP 200; on JSON-2 the class decides the status
 * (observed on 18.0 and 19.0).
 */
export class OdooError extends Error {
  readonly odooName: string
  readonly status: number
  constructor(odooName: string, message: string) {
    super(message)
    this.odooName = odooName
    this.status = STATUSES[odooName] ?? 500
  }
}

const STATUSES: Readonly<Record<string, number>> = {
  'werkzeug.exceptions.BadRequest': 400,
  'werkzeug.exceptions.Unauthorized': 401,
  'odoo.exceptions.AccessError': 403,
  'odoo.exceptions.AccessDenied': 403,
  'werkzeug.exceptions.NotFound': 404,
  'odoo.exceptions.MissingError': 404,
  'odoo.exceptions.LockError': 409,
  'odoo.exceptions.UserError': 422,
  'odoo.exceptions.ValidationError': 422,
  'werkzeug.exceptions.UnprocessableEntity': 422,
}

export const badRequest = (message: string) => new OdooError('werkzeug.exceptions.BadRequest', message)
export const unauthorized = (message: string) => new OdooError('werkzeug.exceptions.Unauthorized', message)
export const notFound = (message: string) => new OdooError('werkzeug.exceptions.NotFound', message)
export const unprocessable = (message: string) =>
  new OdooError('werkzeug.exceptions.UnprocessableEntity', message)
export const userError = (message: string) => new OdooError('odoo.exceptions.UserError', message)
export const validationError = (message: string) => new OdooError('odoo.exceptions.ValidationError', message)
export const accessError = (message: string) => new OdooError('odoo.exceptions.AccessError', message)
export const accessDenied = () => new OdooError('odoo.exceptions.AccessDenied', 'Access Denied')
export const valueError = (message: string) => new OdooError('builtins.ValueError', message)
export const typeError = (message: string) => new OdooError('builtins.TypeError', message)
export const attributeError = (message: string) => new OdooError('builtins.AttributeError', message)
export const indexError = (message: string) => new OdooError('builtins.IndexError', message)
export const databaseError = (name: string, message: string) =>
  new OdooError(`psycopg2.errors.${name}`, message)

export function missingError(model: string, id: number | string, uid: number): OdooError {
  const shown = typeof id === 'string' ? `'${id}'` : id
  return new OdooError(
    'odoo.exceptions.MissingError',
    `Record does not exist or has been deleted.\n(Record: ${model}(${shown},), User: ${uid})`,
  )
}

/** What PostgreSQL says to the loser of two transactions: class and text (observed). */
export const CONFLICTS = {
  serialization: ['SerializationFailure', 'could not serialize access due to concurrent update\n'],
  deadlock: [
    'DeadlockDetected',
    'deadlock detected\nDETAIL:  Process 4711 waits for ShareLock on transaction 815; blocked by process 4712.\nProcess 4712 waits for ShareLock on transaction 816; blocked by process 4711.\nHINT:  See server log for query details.\n',
  ],
} as const
