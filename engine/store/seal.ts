import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SyncError } from '../core/model/failure.ts'

/** Keys by their ids, in order: the first one seals, all of them open. */
export type Keyring = ReadonlyMap<string, Buffer>

/**
 * Keeps texts at rest so that only who has the keys can read them (AES-256-GCM, NIST SP 800-38D). `purpose` says what the text is
 * for (`dead_letter.payload`, `credential`): sealed for one purpose it does not open for another.
 */
export interface Sealer {
  seal(text: string, purpose: string): string
  /**
   * A text that was never sealed (of an older version of the store) is given back as it is. Throws `scope-violation` for a key that
   * is not there, and `bug` for a text that was altered or sealed for another purpose.
   */
  open(sealed: string, purpose: string): string
  /** The id of the key that a text is sealed with; null when it is not sealed. */
  keyOf(sealed: string): string | null
  /** The id of the key that seals now. */
  readonly current: string
}

const MARK = 'sealed:1:'
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/

/** `keys` is asked when the first text is sealed or opened, and once. */
export function createSealer(keys: () => Keyring): Sealer {
  let loaded: Keyring | null = null
  const ring = (): Keyring => (loaded ??= keys())
  const currentOf = (): string => ring().keys().next().value!
  return {
    get current() {
      return currentOf()
    },
    keyOf: (sealed) => partsOf(sealed)?.id ?? null,
    seal(text, purpose) {
      const id = currentOf()
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', ring().get(id)!, iv)
      cipher.setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return `${MARK}${id}:${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')}`
    },
    open(sealed, purpose) {
      const parts = partsOf(sealed)
      if (parts === null) return sealed
      const key = ring().get(parts.id)
      if (key === undefined)
        throw new SyncError(
          'scope-violation',
          `What is kept here was sealed with the key "${parts.id}", and there is only ${[...ring().keys()].join(', ')}. Give the missing key too, after the one that seals now (docs/store.md, keys).`,
          { maybeSent: false },
        )
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, parts.bytes.subarray(0, IV_BYTES))
        decipher.setAAD(Buffer.from(purpose))
        decipher.setAuthTag(parts.bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        const body = parts.bytes.subarray(IV_BYTES + TAG_BYTES)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
      } catch (error) {
        throw new SyncError(
          'bug',
          `A sealed text of the store does not open with the key "${parts.id}": it was altered, or the key is another one of the same name.`,
          { cause: error },
        )
      }
    },
  }
}

function partsOf(sealed: string): { id: string; bytes: Buffer } | null {
  if (!sealed.startsWith(MARK)) return null
  const colon = sealed.indexOf(':', MARK.length)
  return colon < 0
    ? null
    : { id: sealed.slice(MARK.length, colon), bytes: Buffer.from(sealed.slice(colon + 1), 'base64') }
}

/** `ID:BASE64` of 32 bytes each, by commas or lines; the first one seals. Throws `scope-violation`, never with a key in it. */
export function parseKeys(text: string, where: string): Keyring {
  const ring = new Map<string, Buffer>()
  for (const entry of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const colon = entry.indexOf(':')
    const id = entry.slice(0, Math.max(0, colon))
    const key = Buffer.from(entry.slice(colon + 1), 'base64')
    const fault = !KEY_ID.test(id)
      ? 'an entry without a name'
      : key.length !== KEY_BYTES
        ? `"${id}" of ${key.length} bytes`
        : ring.has(id)
          ? `"${id}" twice`
          : null
    if (fault !== null) throw badKeys(where, fault)
    ring.set(id, key)
  }
  if (ring.size === 0) throw badKeys(where, 'nothing')
  return ring
}

function badKeys(where: string, found: string): SyncError {
  return new SyncError(
    'scope-violation',
    `The keys of the store (${where}) hold ${found}; expected NAME:BASE64 of ${KEY_BYTES} bytes, several by commas. \`openssl rand -base64 ${KEY_BYTES}\` makes one.`,
    { maybeSent: false },
  )
}

/** The keys in a file that only its owner can read, made when it is not there: all processes that come at once get the same. */
export function keysInFile(path: string): Keyring {
  const known = readIfThere(path)
  if (known !== null) return parseKeys(known, path)
  mkdirSync(dirname(path), { recursive: true })
  const made = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(made, `local-1:${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(made, 0o600)
  try {
    linkSync(made, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(made, { force: true })
  }
  return parseKeys(readFileSync(path, 'utf8'), path)
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
