import { randomUUID } from 'node:crypto'
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SyncError } from '../../core/model/failure.ts'
import type { Texts } from './fix.ts'

/** Writes the files that changed, each whole or not at all. One that somebody changed in between is left alone, and told. */
export function writeTexts(folder: string, before: Texts, after: Texts): void {
  for (const [file, text] of after) {
    const known = before.get(file)
    if (text === known) continue
    // A link stays a link: what it leads to is written.
    const path = realpathSync(join(folder, file))
    if (readFileSync(path, 'utf8') !== known)
      throw new SyncError(
        'invalid-plan',
        `${file} changed meanwhile and was not touched. Run the command again.`,
      )
    const beside = `${path}.${randomUUID()}.tmp`
    try {
      writeFileSync(beside, text, { mode: statSync(path).mode, flag: 'wx' })
      renameSync(beside, path)
    } catch (error) {
      rmSync(beside, { force: true })
      const { message } = error as Error
      throw new SyncError('invalid-plan', `${file} could not be written: ${message}`, { cause: error })
    }
  }
}
