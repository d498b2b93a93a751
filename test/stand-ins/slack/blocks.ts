export interface SlackText {
  readonly type: 'mrkdwn' | 'plain_text'
  readonly text: string
}

export interface SlackBlock {
  readonly type: string
  readonly text?: SlackText
  readonly fields?: readonly SlackText[]
  readonly elements?: readonly SlackText[]
}

const MOST = { blocks: 50, header: 150, section: 3000, field: 2000, fields: 10, elements: 10 } as const

/** Why Slack would refuse the blocks; null when it would not. */
export function blockFault(blocks: readonly SlackBlock[]): string | null {
  if (!Array.isArray(blocks) || blocks.length > MOST.blocks) return `more than ${MOST.blocks} blocks`
  for (const block of blocks) {
    const fault = FAULTS[block.type]?.(block) ?? (block.type in FAULTS ? null : `no block "${block.type}"`)
    if (fault !== null) return fault
  }
  return null
}

const FAULTS: Readonly<Record<string, (block: SlackBlock) => string | null>> = {
  header: ({ text }) =>
    text?.type === 'plain_text' && isFilled(text, MOST.header) ? null : 'a header of plain text, at most 150',
  section: ({ text, fields }) => {
    if (text === undefined && fields === undefined) return 'a section without text'
    if (text !== undefined && !isFilled(text, MOST.section)) return 'a section of at most 3000'
    return fields === undefined || isList(fields, MOST.fields, MOST.field) ? null : 'fields of a section'
  },
  context: ({ elements }) =>
    elements !== undefined && isList(elements, MOST.elements, MOST.section) ? null : 'elements of a context',
  divider: () => null,
}

function isFilled({ text }: SlackText, most: number): boolean {
  return typeof text === 'string' && text.length > 0 && text.length <= most
}

function isList(texts: readonly SlackText[], many: number, long: number): boolean {
  return texts.length > 0 && texts.length <= many && texts.every((text) => isFilled(text, long))
}
