import { watch as watchFolder } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from './command.ts'

/** Once now, and whenever a YAML file or a sample changes, until it is stopped. */
export async function watching(
  { options, cwd, output, signal }: Pick<Invocation, 'options' | 'cwd' | 'output' | 'signal'>,
  once: () => void,
): Promise<void> {
  const folder = resolve(String(options['folder'] ?? cwd))
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      try {
        once()
      } catch (error) {
        // A file may be half written, or the folder on its way elsewhere: the next change tells.
        output.error(error instanceof Error ? error.message : String(error))
      }
      output.note('Waiting for changes; Ctrl-C ends.')
    }, 100)
  }
  const watcher = watchFolder(folder, { recursive: true }, (_event, name) => {
    if (
      name !== null &&
      /\.(ya?ml|json)$/.test(name) &&
      !/(^|[\\/])(node_modules|\.tidelock|\.git)[\\/]/.test(name)
    )
      again()
  })
  watcher.on('error', (error) => output.error(String(error)))
  again()
  await new Promise<void>((stopped) => signal.addEventListener('abort', () => stopped(), { once: true }))
  clearTimeout(timer)
  watcher.close()
}
