const compiled = new Map<string, RegExp | string>()

/**
 * A regular expression that cannot run away, or a sentence saying why it is refused. Refused are references back, look-around,
 * and repeating a group that itself repeats or branches.
 */
export function safePattern(pattern: string): RegExp | string {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  const made = judge(pattern)
  compiled.set(pattern, made)
  return made
}

function judge(pattern: string): RegExp | string {
  if (pattern.length > 500) return 'The pattern is longer than 500 characters.'
  const open: { repeats: boolean }[] = []
  let unbounded = 0
  const parts = [
    ...pattern.matchAll(
      /\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:|<\w+>)?|[()|]|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gsu,
    ),
  ].map(([part]) => part)
  for (const [index, part] of parts.entries()) {
    if (/^\\(?:[1-9]|k)/.test(part)) return `The pattern refers back (${part}), which can take forever.`
    if (/^\(\?<?[=!]/.test(part)) return `The pattern looks around (${part}…), which is not supported.`
    const repeats = /^(?:[*+]|\{\d+,\d*\}|\{\d{2,}\})/.test(part)
    if (part.startsWith('(')) open.push({ repeats: false })
    else if (part === '|') {
      const group = open.at(-1)
      if (group !== undefined) group.repeats = true
    } else if (part === ')') {
      const group = open.pop()
      const outer = open.at(-1)
      const next = parts[index + 1] ?? ''
      if (group?.repeats === true && /^(?:[*+]|\{)/.test(next))
        return `The pattern repeats a group that repeats or branches itself (")${next}"), which can take forever.`
      if (group?.repeats === true && outer !== undefined) outer.repeats = true
    } else if (repeats) {
      if (/^[*+]|,\}/.test(part) && ++unbounded > 4)
        return 'The pattern repeats without bound more than four times, which can take forever.'
      for (const group of open) group.repeats = true
    }
  }
  try {
    return new RegExp(pattern, 'u')
  } catch (error) {
    return `The pattern is not a regular expression (${(error as Error).message.replace(/^Invalid regular expression: /, '')}).`
  }
}
