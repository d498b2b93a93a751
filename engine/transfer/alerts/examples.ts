import type { AlertExample } from '../../core/alert/message.ts'
import type { Subject } from '../../core/alert/watch.ts'
import { instantText } from '../../core/expression/time.ts'
import { maskLetter, maskText } from '../../core/personal/mask.ts'
import { deadLetterById } from '../../store/dead-letters.ts'
import type { Queryable } from '../../store/open.ts'
import { planByHash } from '../../store/plans.ts'
import { runById } from '../../store/runs.ts'

const MOST_TEXT = 400

/** What the facts are about, as people may see it: nothing personal. What is no longer there is left out. */
export async function examplesOf(
  store: Queryable,
  project: string,
  subjects: readonly Subject[],
): Promise<readonly AlertExample[]> {
  const examples: AlertExample[] = []
  for (const subject of subjects) {
    const example =
      'letter' in subject
        ? await letterExample(store, project, subject.letter)
        : 'run' in subject
          ? await runExample(store, project, subject.run)
          : subject
    if (example !== null) examples.push({ ...example, message: cut(example.message) })
  }
  return examples
}

async function letterExample(store: Queryable, project: string, id: string): Promise<AlertExample | null> {
  const letter = await deadLetterById(store, project, id)
  if (letter === null) return null
  const plan = (await planByHash(store, letter.planHash))?.plan ?? null
  const masked = maskLetter(plan, letter)
  return {
    label: masked.label ?? masked.key,
    class: letter.class,
    message: masked.message,
    place: letter.file === null ? null : `${letter.file}${letter.line === null ? '' : `:${letter.line}`}`,
  }
}

async function runExample(store: Queryable, project: string, id: string): Promise<AlertExample | null> {
  const run = await runById(store, project, id)
  if (run === null) return null
  return {
    label: `run of ${instantText(run.startedAt)} (${run.lane})`,
    class: run.failureKind,
    message: maskText(run.failureMessage ?? `It is ${run.state}.`, []),
    place: null,
  }
}

function cut(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text
}
