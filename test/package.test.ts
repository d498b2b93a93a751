import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'tidelock-package-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the package installs in an empty folder and validates a repository there', { timeout: 300_000 }, () => {
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  npm(ROOT, 'pack', '--pack-destination', folder)
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  const place = join(folder, 'place')
  cpSync(join(ROOT, 'mappings'), join(place, 'mappings'), { recursive: true })
  cpSync(join(ROOT, 'temporal.yaml'), join(place, 'temporal.yaml'))
  npm(place, 'init', '-y')
  npm(place, 'install', '--no-audit', '--no-fund', '--prefer-offline', join('..', archive))
  const answer = npm(place, 'exec', '--', 'tidelock', 'validate', '--json')
  expect(JSON.parse(answer)).toEqual([])
})
