import {
  type Document,
  isAlias,
  isCollection,
  isNode,
  isPair,
  isScalar,
  type Node,
  type Pair,
  visit,
  type YAMLParseError,
} from 'yaml'
import type { Code } from '../model/diagnostics.ts'
import type { YamlFault } from './plain.ts'

/** What the YAML reader complains about, in the words of someone who edits the file. */
export function syntaxFault(error: YAMLParseError, document: Document, source: string): YamlFault {
  const offset = error.pos[0]
  if (error.code === 'RESOURCE_EXHAUSTION') return tooDeep(offset)
  const open = neverClosed(error, document, source)
  if (open !== null) return open
  const hard = hardSpace(offset, source)
  if (hard !== null) return hard
  if (error.code === 'TAB_AS_INDENT') return tabFault(offset, source)
  const layout = LAYOUT.find(([said]) => error.message.includes(said))
  if (layout !== undefined)
    return {
      offset: offset + (/^\s*/.exec(source.slice(offset))?.[0].length ?? 0),
      code: 'yaml-syntax',
      message: layout[1],
      hint: layout[2],
    }
  const deeper = deeperKey(error, source)
  if (deeper !== null) return deeper
  const said = error.message.replace(/ at line \d+.*$/s, '').replace(/\.$/, '')
  return {
    offset,
    code: 'yaml-syntax',
    message: `This is not YAML: ${said}.`,
    hint: HINTS[error.code] ?? 'Check indentation, quotes and brackets here and on the line above.',
  }
}

/** A non-breaking space on the line where the reader stumbled looks like a space, and is a letter to it. */
function hardSpace(offset: number, source: string): YamlFault | null {
  const begin = source.lastIndexOf('\n', offset - 1) + 1
  const found = /^[^\n]*?(\u00a0+)/.exec(source.slice(begin))
  if (found === null) return null
  const start = begin + found[0].length - found[1]!.length
  const end = begin + found[0].length
  const edits = [{ start, end, text: ' '.repeat(end - start) }]
  return {
    offset: start,
    length: end - start,
    code: 'yaml-syntax',
    message: 'A non-breaking space stands here, which is no space in YAML.',
    hint: 'Write a plain space.',
    fix: { title: 'Write a plain space', safe: true, edits },
  }
}

/** The commonest slips of indentation; what the reader says of them is of no help. */
const LAYOUT: readonly (readonly [said: string, message: string, hint: string])[] = [
  [
    'All mapping items must start at the same column',
    'This key is not indented like those above it.',
    'Keys of one block begin in the same column.',
  ],
  [
    'A block sequence may not be used as an implicit map key',
    'A list begins here where a key should stand.',
    'Items of one list begin in the same column, each with "- "; and a key that has a list has nothing behind its colon.',
  ],
  [
    'All sequence items must start at the same column',
    'This item is not indented like those above it.',
    'Items of one list begin in the same column.',
  ],
  [
    'Block collections are not allowed within flow collections',
    'Between { } a comma is missing, or a value holds ": ".',
    'Write a comma between keys, and quote a value with ": " in it.',
  ],
]

/** A key below a value and further right is read as going on with the value. */
function deeperKey(error: YAMLParseError, source: string): YamlFault | null {
  const goesOn = /^[^\n]*\n\s*(?=[\w"'-]+:(\s|$))/.exec(source.slice(error.pos[0]))
  if (error.code !== 'BLOCK_AS_IMPLICIT_KEY' || goesOn === null || /:\s/.test(goesOn[0].trimEnd()))
    return null
  return {
    offset: error.pos[0] + goesOn[0].length,
    code: 'yaml-syntax',
    message: 'This key is not indented like those above it: it goes on with the value before it.',
    hint: 'Keys of one block begin in the same column.',
  }
}

const HINTS: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: 'In double quotes a backslash begins an escape: double it, or use single quotes.',
  MISSING_CHAR: 'Close the quotation mark or bracket that is open here.',
  BAD_INDENT: 'Close the bracket that is open here, or indent the line as its neighbours.',
  BAD_SCALAR_START: 'Quote the value.',
  UNEXPECTED_TOKEN: 'Quote the whole value, or remove what stands behind its end.',
  MULTILINE_IMPLICIT_KEY: 'Write a space after the colon of each key.',
  BLOCK_AS_IMPLICIT_KEY: 'Quote the value if ": " is part of it; else begin a new line for the key.',
}

/** What the tab stands for is not known, so that two spaces a tab are offered, and not written unasked. */
function tabFault(offset: number, source: string): YamlFault {
  const edits = [...source.matchAll(/^[ ]*\t[ \t]*/gm)].map(({ index, 0: indent }) => ({
    start: index,
    end: index + indent.length,
    text: indent.replaceAll('\t', '  '),
  }))
  return {
    offset,
    length: /^\t*/.exec(source.slice(offset))![0].length,
    code: 'yaml-tab',
    message: 'A tab indents this line; YAML takes spaces only.',
    hint: 'Replace the tab by spaces.',
    fix: { title: 'Write two spaces for each tab', safe: false, edits },
  }
}

/** The bracket or quotation mark that is never closed, if that is among what the reader complains about. */
export function unclosedIn(document: Document, source: string): YamlFault | null {
  for (const error of document.errors) {
    const open = neverClosed(error, document, source)
    if (open !== null) return open
  }
  return null
}

/** The reader notices at the end of the file; the author looks for the beginning. */
function neverClosed(error: YAMLParseError, document: Document, source: string): YamlFault | null {
  const mark = /^Missing closing (["'])|end with a ([\]}])/.exec(error.message)
  if (mark === null) return null
  let found: { offset: number; what: string } | null = null
  visit(document, (_key, node) => {
    if (!isNode(node) || node.range == null || node.range[0] > error.pos[0]) return
    const quoted = mark[1] !== undefined && isScalar(node) && node.type?.startsWith('QUOTE') === true
    // Inside brackets the reader makes up blocks that nobody wrote.
    const bracket =
      mark[2] !== undefined && isCollection(node) && source[node.range[0]] === (mark[2] === ']' ? '[' : '{')
    if ((quoted || bracket) && node.range[2] >= error.pos[0] - 1)
      found = { offset: node.range[0], what: mark[1] ?? (mark[2] === ']' ? '[' : '{') }
  })
  const begin = found as { offset: number; what: string } | null
  return begin === null
    ? null
    : {
        offset: begin.offset,
        length: 1,
        code: 'yaml-syntax',
        message: `This ${begin.what} is never closed.`,
        hint: commented(source, begin) ?? 'Close it; what follows is read as part of it.',
      }
}

/** No file needs as many; whoever walks through it would run out of room. */
const MOST_LEVELS = 100

function tooDeep(offset: number): YamlFault {
  return {
    offset,
    length: 1,
    code: 'yaml-syntax',
    message: `Lists and blocks are nested too deeply (more than ${MOST_LEVELS} levels).`,
    hint: 'Look for brackets or dashes that are not meant.',
  }
}

/** The first list or block that is too deep, if there is one. */
export function tooDeepIn(root: Node | null): YamlFault | null {
  const left: { node: unknown; level: number }[] = [{ node: root, level: 1 }]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, level } = next
    if (!isCollection(node)) continue
    if (level > MOST_LEVELS) return tooDeep(node.range?.[0] ?? 0)
    for (const item of node.items)
      for (const child of isPair(item) ? [item.key, item.value] : [item])
        left.push({ node: child, level: level + 1 })
  }
  return null
}

/** Behind " #" on the line of an open bracket all is a comment, the bracket that would close it too. */
function commented(
  source: string,
  { offset, what }: { readonly offset: number; readonly what: string },
): string | null {
  const found = /^[^\n]*?\s(#[^\s,}\]]+)[^\n]*[}\]]/.exec(source.slice(offset))
  return found === null || !'[{'.includes(what)
    ? null
    : `A # behind a space begins a comment: quote what begins with it, "${found[1]}".`
}

/** What is no text in UTF-8 says nothing: one fault tells so, and the rest is not looked at. */
export function notText(source: string): YamlFault | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/.exec(source)
  if (found === null) return null
  const code = found[0].charCodeAt(0)
  const isEncoding = code === 0xfffd || source.includes('\ufffd')
  return {
    offset: found.index,
    length: 1,
    code: 'not-text',
    message: isEncoding
      ? 'The file is not text in UTF-8.'
      : `A control character (0x${code.toString(16).padStart(2, '0')}) stands here; YAML takes text only.`,
    hint: isEncoding
      ? 'Save it as UTF-8. If it is no text at all, it does not belong among the YAML files.'
      : 'Remove the character.',
  }
}

/** Anchors, aliases, tags and directives make a file mean something else than it says. */
export function cleverYaml(document: Document): readonly YamlFault[] {
  const faults: YamlFault[] = []
  if (document.directives?.yaml.explicit === true || Object.keys(document.directives?.tags ?? {}).length > 1)
    faults.push({
      offset: 0,
      code: 'yaml-directive',
      message: 'A directive (%) changes how the file is read.',
      hint: 'Remove the line that begins with %.',
    })
  const add = (node: Node, code: Code, message: string, hint: string) =>
    faults.push({ offset: node.range?.[0] ?? 0, length: lengthOf(node), code, message, hint })
  visit(document, (_key, node) => {
    if (isPair(node) && isMergeKey(node)) {
      const message = 'A merge key (<<) stands here; its keys are not taken over.'
      add(node.key as Node, 'yaml-merge', message, 'Write the keys out.')
    }
    if (!isNode(node)) return
    if (isAlias(node))
      add(
        node,
        'yaml-alias',
        `An alias (*${node.source}) stands here.`,
        'Write the value out, or quote it if it was meant as text.',
      )
    else if ((node as { anchor?: string }).anchor !== undefined)
      add(
        node,
        'yaml-anchor',
        `An anchor (&${(node as { anchor?: string }).anchor}) stands here.`,
        'Write the value out where it is used.',
      )
    else if (node.tag !== undefined)
      add(node, 'yaml-tag', `A tag (${node.tag}) stands here.`, 'Quote the value if it was meant as text.')
  })
  return faults
}

/** With an alias behind it, the alias is told. */
function isMergeKey({ key, value }: Pair): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN' && !isAlias(value)
}

function lengthOf(node: Node): number {
  return isScalar(node) || isAlias(node) ? (node.range?.[1] ?? 0) - (node.range?.[0] ?? 0) : 0
}
