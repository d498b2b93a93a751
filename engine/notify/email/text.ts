import type { AlertMessage } from '../../core/alert/message.ts'
import { exampleOf, factsOf, oneLine, titleOf } from '../text.ts'

/** What stands first in a list of mails. On one line: nothing in it can begin a header of its own. */
export function subjectOf(message: AlertMessage): string {
  return oneLine(`[${message.project}] ${titleOf(message)}`, 180)
}

/** The mail itself: plain text. */
export function bodyOf(message: AlertMessage): string {
  const { examples, advice, links } = message
  const width = Math.max(...factsOf(message).map(([name]) => name.length))
  return [
    message.summary,
    '',
    ...factsOf(message).map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value, 500)}`),
    ...(examples.length === 0
      ? []
      : ['', 'For example', ...examples.map((example) => `- ${exampleOf(example)}`)]),
    ...(advice.text === '' && advice.commands.length === 0 ? [] : ['', 'What to do']),
    ...(advice.text === '' ? [] : [advice.text]),
    ...advice.commands.map((command) => `  ${oneLine(command, 500)}`),
    ...(links.length === 0
      ? []
      : ['', ...links.map(({ label, url }) => `${oneLine(label, 80)}: ${oneLine(url, 500)}`)]),
    '',
  ].join('\n')
}
