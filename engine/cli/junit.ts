import type { MappingTests } from './mapping-tests.ts'

/** The results in the XML that CI systems read (the common ground of the JUnit dialects). */
export function junitOf(all: readonly MappingTests[]): string {
  const suites = all.map(({ plan, file, results }) => {
    const failed = results.filter(({ passed }) => !passed).length
    const cases = results.map((result) => {
      const head = `    <testcase name="${xmlText(result.name)}" classname="${xmlText(plan.mapping)}" file="${xmlText(file)}" line="${result.line}"`
      if (result.passed) return `${head}/>`
      const lines = reasonsOf(result)
      return `${head}>\n      <failure message="${xmlText(lines[0] ?? '')}">${xmlText(lines.join('\n'))}</failure>\n    </testcase>`
    })
    return `  <testsuite name="${xmlText(plan.mapping)}" tests="${results.length}" failures="${failed}">\n${cases.join('\n')}${cases.length > 0 ? '\n' : ''}  </testsuite>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tidelock">\n${suites.join('\n')}\n</testsuites>\n`
}

/** Why a test failed, a line each. */
export function reasonsOf({ fault, differences }: MappingTests['results'][number]): readonly string[] {
  if (fault !== null) return [fault]
  return differences.map(
    ({ at, expected, found }) => `${at === '' ? '' : `${at}: `}expected ${expected}, found ${found}`,
  )
}

function xmlText(text: string): string {
  const NAMES: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  // XML has no place for control characters.
  return text.replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd').replace(/[&<>"']/g, (sign) => NAMES[sign]!)
}
