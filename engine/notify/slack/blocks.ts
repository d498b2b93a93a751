import type { AlertMessage } from '../../core/alert/message.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { cut, exampleOf, factsOf, oneLine, titleOf } from '../text.ts'

/** Slack's own limits. */
const MOST = { header: 150, section: 3000, field: 2000, fallback: 3000 } as const

/** A message as an incoming webhook takes it: blocks, and a text for notifications and small screens. */
export function slackPayload(message: AlertMessage): JsonObject {
  const title = oneLine(titleOf(message), MOST.header)
  const examples = message.examples.map((example) => `• ${exampleOf(example)}`).join('\n')
  const { text, commands } = message.advice
  const blocks: JsonObject[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    section(escaped(message.summary, MOST.section)),
    {
      type: 'section',
      fields: factsOf(message).map(([name, value]) =>
        mrkdwn(`*${name}*\n${escaped(oneLine(value, 500), MOST.field - 50)}`),
      ),
    },
  ]
  if (examples !== '') blocks.push(section(escaped(examples, MOST.section)))
  if (text !== '' || commands.length > 0)
    blocks.push(
      section(
        [
          `*What to do*`,
          ...(text === '' ? [] : [escaped(text, 1500)]),
          ...commands.map(code).slice(0, 5),
        ].join('\n'),
      ),
    )
  const links = message.links.flatMap(linkOf).slice(0, 10)
  if (links.length > 0) blocks.push({ type: 'context', elements: [mrkdwn(links.join('  ·  '))] })
  return {
    text: escaped(`${title}: ${oneLine(message.summary, MOST.fallback)}`, MOST.fallback),
    blocks,
  }
}

/** `&`, `<` and `>` are Slack's own: unescaped, `<!channel>` in a record would call everybody. The result is at most so long. */
export function escaped(text: string, most: number): string {
  const short = cut(text.replaceAll('\r', ''), most)
  const whole = escapeAll(short)
  if (whole.length <= most) return whole
  let length = 1
  let kept = ''
  for (const character of short) {
    const piece = escapeAll(character)
    if (length + piece.length > most) break
    length += piece.length
    kept += piece
  }
  return `${kept}…`
}

function escapeAll(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function code(command: string): string {
  return `\`${escaped(oneLine(command, 250).replaceAll('`', "'"), 250)}\``
}

function linkOf({ label, url }: AlertMessage['links'][number]): readonly string[] {
  if (!/^https?:\/\//.test(url) || url.length > 250) return []
  return [
    `<${escapeAll(encodeURI(decodeSafely(url))).replaceAll('|', '%7C')}|${escaped(oneLine(label, 40), 60)}>`,
  ]
}

function decodeSafely(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url
  }
}

function section(text: string): JsonObject {
  return { type: 'section', text: mrkdwn(text) }
}

function mrkdwn(text: string): JsonObject {
  return { type: 'mrkdwn', text }
}
