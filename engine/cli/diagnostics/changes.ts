import { visible } from '../../core/parse/format.ts'
import { withoutSecrets } from '../../core/parse/secret-looks.ts'
import type { Output } from '../output.ts'
import type { Texts } from './fix.ts'

/** What was or would be written: for each run of lines that changed the old ones and the new ones. */
export function showChanges(before: Texts, after: Texts, output: Output): void {
  for (const [file, text] of after) {
    const old = before.get(file) ?? ''
    if (old === text) continue
    output.line(output.style('bold', visible(file)))
    for (const { line, removed, added } of hunksOf(linesOf(old), linesOf(text))) {
      output.line(output.style('cyan', `@@ line ${line} @@`))
      for (const gone of removed) output.line(output.style('red', `-${visible(withoutSecrets(gone))}`))
      for (const come of added) output.line(output.style('green', `+${visible(withoutSecrets(come))}`))
    }
    output.line()
  }
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/)
}

interface Hunk {
  /** Where it begins in the old text. */
  readonly line: number
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** Runs of lines that differ. Few lines change, so that looking ahead for the next equal one is enough. */
export function hunksOf(old: readonly string[], text: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = []
  let [a, b] = [0, 0]
  while (a < old.length || b < text.length) {
    if (a < old.length && b < text.length && old[a] === text[b]) {
      a++
      b++
      continue
    }
    const [skipOld, skipNew] = nextEqual(old, text, a, b)
    hunks.push({ line: a + 1, removed: old.slice(a, a + skipOld), added: text.slice(b, b + skipNew) })
    a += skipOld
    b += skipNew
  }
  return hunks
}

/** How many lines of each pass before both go on alike: as few as possible. */
function nextEqual(
  old: readonly string[],
  text: readonly string[],
  a: number,
  b: number,
): readonly [number, number] {
  const [restOld, restNew] = [old.length - a, text.length - b]
  for (let sum = 1; sum < restOld + restNew; sum++)
    for (let skip = Math.max(0, sum - restNew); skip <= Math.min(sum, restOld); skip++)
      if (a + skip < old.length && old[a + skip] === text[b + sum - skip]) return [skip, sum - skip]
  return [restOld, restNew]
}
