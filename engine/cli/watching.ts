import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { SyncError } from '../core/model/failure.ts'
import type { Invocation } from './command.ts'

/** Folders whose files are read, with all that is below them; of the repository itself only its own files are. */
const READ = ['mappings', 'schemas']

/**
 * Once now, and whenever a YAML file or a sample changes, until it is stopped or nobody reads its output any more.
 * Rejects when the folder is gone.
 */
export async function watching(
  { options, cwd, output, signal }: Pick<Invocation, 'options' | 'cwd' | 'output' | 'signal'>,
  once: () => void,
): Promise<void> {
  const folder = resolve(String(options['folder'] ?? cwd))
  const { promise: ended, resolve: end, reject } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(again, 100)
  }
  const watched = watchedFolders(folder, later)
  const again = (): void => {
    if (!existsSync(folder)) {
      reject(new SyncError('invalid-plan', `The folder ${folder} is gone; there is nothing left to watch.`))
      return
    }
    watched.renew()
    try {
      once()
    } catch (error) {
      // A file may be half written, or the folder on its way elsewhere: the next change tells.
      output.error(error instanceof Error ? error.message : String(error))
    }
    output.note('Waiting for changes; Ctrl-C ends.')
  }
  for (const stop of [signal, output.gone]) stop.addEventListener('abort', () => end(), { once: true })
  later()
  try {
    await ended
  } finally {
    clearTimeout(timer)
    watched.close()
  }
}

interface WatchedFolders {
  /** Watches the folders that are there now. */
  renew(): void
  close(): void
}

/** Folders are watched, not files: a file that is replaced by another of its name would be lost from sight. */
function watchedFolders(root: string, changed: () => void): WatchedFolders {
  const watchers = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>()
  const matters = (folder: string, name: string): boolean => {
    const path = join(folder, name)
    const isItself = name === basename(folder) && !existsSync(path)
    if (/\.(ya?ml|json)$/i.test(name) || isItself) return true
    if (folder === root && !READ.includes(name)) return false
    return watchers.has(path) || inodeOf(path) !== null
  }
  const add = (folder: string, inode: number): void => {
    const watcher = watch(folder, (_event, name) => {
      if (name === null || matters(folder, name)) changed()
    })
    watcher.on('error', changed)
    watchers.set(folder, { inode, watcher })
  }
  const visit = (folder: string, seen: Set<string>): void => {
    const inode = inodeOf(folder)
    if (inode === null) return
    seen.add(folder)
    // Another folder may stand at the same path by now.
    if (watchers.get(folder)?.inode !== inode) {
      watchers.get(folder)?.watcher.close()
      add(folder, inode)
    }
    // Listed once it is watched, so that no folder made in between is missed.
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory() && (folder !== root || READ.includes(entry.name)))
        visit(join(folder, entry.name), seen)
  }
  return {
    renew() {
      const seen = new Set<string>()
      try {
        visit(root, seen)
      } catch {
        // A folder went away while it was looked at: look again.
        changed()
      }
      for (const [folder, { watcher }] of watchers) {
        if (seen.has(folder)) continue
        watcher.close()
        watchers.delete(folder)
      }
    },
    close() {
      for (const { watcher } of watchers.values()) watcher.close()
    },
  }
}

/** Null: it is no folder, or no longer there. */
function inodeOf(path: string): number | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true ? found.ino : null
}
