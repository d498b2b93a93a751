import type { ErrorObject } from 'ajv/dist/2020.js'
import { didYouMean, isOnlyNear } from '../expression/nearest.ts'
import type { Advice, Advised } from '../model/diagnostic.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import type { Path } from './document.ts'

/** What to do about a key that is not known where it stands. */
export function keyAdvice(root: JsonObject, key: string, path: Path, error: ErrorObject): Advised {
  const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object)
  const near = meantKey(key, path, error) ?? didYouMean(key, known)
  if (near !== null) return nearKey(near, key, known, error.data)
  return (
    standIn(key, path, error) ??
    slipHint(key, known, error) ??
    sectionOf(root, key, path) ??
    `Known are: ${known.join(', ')}.`
  )
}

/** What people write who mean a key of another name, by the block it stands in. */
const MEANT: Readonly<Record<string, Readonly<Record<string, (value: unknown) => string>>>> = {
  schedule: { on: whenToRun, at: whenToRun, interval: () => 'every' },
  parked: { keep: () => 'keepPayload' },
  source: { from: () => 'since' },
}

function whenToRun(value: unknown): string {
  return /^\d+[a-z]+$/.test(String(value)) ? 'every' : 'cron'
}

function meantKey(key: string, path: Path, { data }: ErrorObject): Advice | null {
  const meant = MEANT[String(path.at(-1))]?.[key]?.((data as JsonObject)[key])
  return meant === undefined || Object.hasOwn(data as JsonObject, meant)
    ? null
    : { hint: `Did you mean "${meant}"?`, replace: meant }
}

/** What was meant by a key that stands for one of another name. */
export function standIn(key: string, path: Path, { data, parentSchema }: ErrorObject): string | null {
  const known = Object.keys((parentSchema?.['properties'] ?? {}) as object)
  const value = (data as JsonObject)[key]
  if (known.join() === 'secret')
    return 'Write { secret: NAME }, and in temporal.yaml where NAME comes from: NAME: { from: "env:…", to: [host] }.'
  if (path.at(-1) === 'auth' && /pass|pwd|token|key|secret/i.test(key)) {
    const wanted = known.filter((name) => /key|token|credentials/i.test(name))
    return wanted.length === 1
      ? `Write ${wanted[0]}: { secret: NAME }, and declare NAME in temporal.yaml.`
      : null
  }
  return value === null && known.includes('value') && /[.(]/.test(key) ? `Write value: ${key}` : null
}

/** Keys that a comma or a space made of what is no key. */
function slipHint(key: string, known: readonly string[], { data }: ErrorObject): string | null {
  const pair = /^(\w+):(.+)$/.exec(key)
  if (pair !== null && known.includes(pair[1]!))
    return `Write a space after the colon: ${pair[1]}: ${pair[2]}`
  const names = Object.keys(data as JsonObject)
  const before = names[names.indexOf(key) - 1]
  const [whole, isAlone] = [(data as JsonObject)[before ?? ''], (data as JsonObject)[key] === null]
  return isAlone && /^\d+$/.test(key) && typeof whole === 'number'
    ? `Write a decimal point: ${before}: ${whole}.${key}`
    : null
}

/** A key means nothing until it is mended, and keys are the language's own: the only near one is what was meant. */
function nearKey(near: Advice, key: string, known: readonly string[], block: unknown): Advised {
  const name = near.replace
  if (name === undefined || near.isName !== true) return near
  if (isJsonObject(block as JsonValue) && Object.hasOwn(block as JsonObject, name)) return near.hint
  return { ...near, safe: isOnlyNear(key, name, known) }
}

/** A key at the wrong depth is known somewhere else. */
function sectionOf(root: JsonObject, key: string, path: Path): string | null {
  const sections = (root['properties'] ?? {}) as JsonObject
  if (path.length > 0 && key in sections)
    return `"${key}" stands at the top of the file: mind the indentation.`
  const owner = Object.entries(sections).find(
    ([name, section]) =>
      name !== path[0] && isJsonObject(section) && key in ((section['properties'] ?? {}) as JsonObject),
  )
  return owner === undefined ? null : `"${key}" belongs under "${owner[0]}".`
}
