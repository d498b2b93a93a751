import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../core/compile/repository.ts'

/** Codes as the sources of the checker write them: `code: '…'`, or what `add`, `report` and their like are given. */
export function codesInSources(): readonly string[] {
  const texts = ['parse', 'compile', 'expression'].flatMap((folder) =>
    readdirSync(join(ROOT, 'engine', 'core', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(ROOT, 'engine', 'core', folder, name), 'utf8')),
  )
  const code = "'([a-z]+(?:-[a-z]+)*)'"
  const calls = [
    `code:\\s*${code}`,
    `add\\(\\s*'(?:error|warning)',\\s*${code}`,
    `report\\(\\s*walk,\\s*[^;]{1,60}?,\\s*${code},`,
    `(?:fault|add)\\(\\s*[\\w.]+(?: as Node)?,\\s*${code}`,
    `make\\(\\s*${code}`,
  ]
  const found = calls.flatMap((call) => texts.flatMap((text) => [...text.matchAll(new RegExp(call, 'g'))]))
  return [...new Set(found.map((match) => match[1]!))].sort()
}
