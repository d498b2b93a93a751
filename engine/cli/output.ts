import { styleText } from 'node:util'
import { minuteText } from '../core/expression/time.ts'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes. Results go to stdout, everything said along the way to stderr; colours only on a terminal. */
export interface Output {
  readonly json: boolean
  readonly interactive: boolean
  /** How wide the terminal is; null where stdout is none. */
  readonly columns: number | null
  /** Aborted when whoever reads stdout has gone: `… | head -1`. */
  readonly gone: AbortSignal
  /** A line of result for people. Silent with `--json`. */
  line(text?: string): void
  /** The result for machines: one line of JSON, only with `--json`. */
  data(value: unknown): void
  /** The result in a form of its own, on stdout as it is. */
  print(text: string): void
  /** Said along the way, on stderr. */
  note(text: string): void
  error(text: string): void
  style(style: Style, text: string): string
  /** A line on the terminal that the next one replaces; nothing where stderr is no terminal. */
  progress(text: string | null): void
}

export function createOutput(
  json: boolean,
  streams: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream },
  environment: NodeJS.ProcessEnv,
): Output {
  const { stdout, stderr } = streams
  const coloured = stdout.isTTY === true && !environment['NO_COLOR']
  const interactive = stderr.isTTY === true
  const gone = new AbortController()
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      if (stream === stdout) gone.abort()
    })
  let shown = false
  const clear = () => {
    if (shown) stderr.write('\r\u001b[2K')
    shown = false
  }
  const style = (format: Style, text: string) =>
    coloured ? styleText(format, text, { validateStream: false }) : text
  return {
    json,
    interactive,
    columns: stdout.isTTY === true ? stdout.columns : null,
    gone: gone.signal,
    style,
    line(text = '') {
      if (json) return
      clear()
      stdout.write(`${text}\n`)
    },
    data(value) {
      if (!json) return
      clear()
      stdout.write(`${JSON.stringify(value)}\n`)
    },
    print(text) {
      clear()
      stdout.write(`${text}\n`)
    },
    note(text) {
      clear()
      stderr.write(`${text}\n`)
    },
    error(text) {
      clear()
      stderr.write(`${style('red', 'error')} ${text}\n`)
    },
    progress(text) {
      if (!interactive) return
      clear()
      if (text === null) return
      stderr.write(text)
      shown = true
    },
  }
}

/** Columns as wide as their widest cell, two spaces apart; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = rows.map((row) => row.map(String))
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const right = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [line(head), ...cells.map(line)]
}

/** `1 fault`, `2 faults`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `2026-11-24 01:06` in UTC. */
export function instantText(at: number | null): string {
  return at === null ? '–' : `${minuteText(at)}Z`
}
