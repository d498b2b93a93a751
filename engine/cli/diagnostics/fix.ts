import { type Diagnostic, type Edit, sortDiagnostics } from '../../core/model/diagnostic.ts'
import { AREAS, type CodeArea } from '../../core/model/diagnostics/entry.ts'
import { areaOf } from '../../core/model/diagnostics.ts'
import { applyEdits, overlap } from '../../core/parse/edits.ts'

export type Texts = ReadonlyMap<string, string>

export interface Fixed {
  readonly texts: Texts
  /** Faults that are mended, as they were told just before. */
  readonly mended: readonly Diagnostic[]
  /** What is left. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Mending one fault can uncover another that can be mended; it ends when nothing changes, or here. */
const ROUNDS = 10

/**
 * Does the fixes of all files until nothing is left to do: the safe ones, or all of them. What overlaps waits for the next round.
 * A fix after which there are new faults is not done; faults that could not be seen before are no new ones.
 */
export function fixTexts(
  texts: Texts,
  check: (texts: Texts) => readonly Diagnostic[],
  { unsafe }: { readonly unsafe: boolean },
): Fixed {
  let state: Fixed = { texts, mended: [], diagnostics: check(texts) }
  const refused = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const chosen = choose(
      state.diagnostics.filter(({ fix }) => fix !== undefined && (fix.safe || unsafe)),
      refused,
    )
    if (chosen.length === 0) break
    // All at once where that goes well, else one by one: a fix that does harm holds back none but itself.
    const next = tried(state, chosen, check)
    if (next !== null) state = next
    else if (chosen.length === 1) refused.add(idOf(chosen[0]!))
    else {
      for (const one of choose(chosen, refused)) {
        const again = state.diagnostics.find((diagnostic) => idOf(diagnostic) === idOf(one))
        const after = again === undefined ? null : tried(state, [again], check)
        if (after === null) refused.add(idOf(one))
        else state = after
      }
    }
  }
  return state
}

/** Fixes that do not touch one another, from top to bottom. */
function choose(diagnostics: readonly Diagnostic[], refused: ReadonlySet<string>): readonly Diagnostic[] {
  const edits: Edit[] = []
  return sortDiagnostics(diagnostics).filter((diagnostic) => {
    const own = diagnostic.fix!.edits
    if (refused.has(idOf(diagnostic)) || own.some((edit) => edits.some((other) => overlap(edit, other))))
      return false
    edits.push(...own)
    return true
  })
}

function tried(
  before: Fixed,
  chosen: readonly Diagnostic[],
  check: (texts: Texts) => readonly Diagnostic[],
): Fixed | null {
  const texts = new Map(before.texts)
  const byFile = Map.groupBy(
    chosen.flatMap(({ fix }) => fix!.edits),
    ({ file }) => file,
  )
  for (const [file, edits] of byFile) texts.set(file, applyEdits(texts.get(file)!, edits))
  const diagnostics = check(texts)
  const left = new Set(diagnostics.map(idOf))
  if (chosen.some((one) => left.has(idOf(one)) && !hasTwin(before.diagnostics, one))) return null
  if (doesHarm(before.diagnostics, diagnostics, chosen)) return null
  return { texts, mended: [...before.mended, ...chosen], diagnostics }
}

/** Whether the same is wrong at another place of the file too, which another fix is for. */
function hasTwin(diagnostics: readonly Diagnostic[], one: Diagnostic): boolean {
  return diagnostics.some((other) => other !== one && idOf(other) === idOf(one))
}

/**
 * Whether there are more faults of a kind in a file than before. Files are checked area by area, and what comes later is not
 * looked at while something earlier is wrong: faults of a later area than the one mended were there all along.
 */
function doesHarm(
  before: readonly Diagnostic[],
  after: readonly Diagnostic[],
  chosen: readonly Diagnostic[],
): boolean {
  const last = Math.max(...chosen.map(({ code }) => rank(areaOf(code))))
  const known = tally(before)
  return [...tally(after)].some(
    ([id, { count, area }]) => rank(area) <= last && count > (known.get(id)?.count ?? 0),
  )
}

function tally(diagnostics: readonly Diagnostic[]) {
  const counts = new Map<string, { count: number; readonly area: CodeArea }>()
  for (const { file, code, message } of diagnostics) {
    // A message may hold line numbers, which a fix above it moves.
    const id = `${file} ${code} ${message.replace(/\bline \d+/g, 'line')}`
    const found = counts.get(id) ?? { count: 0, area: areaOf(code) }
    counts.set(id, { ...found, count: found.count + 1 })
  }
  return counts
}

function rank(area: CodeArea): number {
  return AREAS.indexOf(area)
}

function idOf({ file, code, message, fix }: Diagnostic): string {
  return `${file} ${code} ${message} ${fix?.title ?? ''}`
}
