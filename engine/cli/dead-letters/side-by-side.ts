interface Side {
  readonly title: string
  readonly lines: readonly string[]
}

const GAP = '  │  '

/** Two lists beside one another, each in half the width; what is longer is cut short. */
export function sideBySide(left: Side, right: Side, width: number): readonly string[] {
  const half = Math.floor((width - GAP.length) / 2)
  const longest = Math.max(...[left.title, ...left.lines].map((line) => line.length))
  const leftWidth = Math.min(longest, half)
  const rightWidth = width - GAP.length - leftWidth
  const row = (a: string, b: string) =>
    `${cut(a, leftWidth).padEnd(leftWidth)}${GAP}${cut(b, rightWidth)}`.trimEnd()
  const count = Math.max(left.lines.length, right.lines.length)
  return [
    row(left.title, right.title),
    ...Array.from({ length: count }, (_, index) => row(left.lines[index] ?? '', right.lines[index] ?? '')),
  ]
}

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}
