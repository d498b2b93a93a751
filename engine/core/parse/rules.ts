import { type Diagnostic, diagnose } from '../model/diagnostic.ts'
import type { Path } from './document.ts'
import { bareWordsAreMarked } from './rules/bare-words.ts'
import { channelsExist } from './rules/channels.ts'
import { defaultEnvironmentExists, overridesFit } from './rules/environments.ts'
import { connectionsExist, connectorsExist, namesAreFree } from './rules/names.ts'
import type { Add, Rule, RuleContext } from './rules/rule.ts'
import { secretsReachTheirHosts } from './rules/secret-hosts.ts'
import { noSecretLiterals, secretsAreDeclared } from './rules/secrets.ts'
import { quietHoursAreValid, retriesPause, schedulesAreValid, silencesAreValid } from './rules/times.ts'

const RULES: readonly Rule[] = [
  connectorsExist,
  connectionsExist,
  namesAreFree,
  bareWordsAreMarked,
  secretsAreDeclared,
  secretsReachTheirHosts,
  noSecretLiterals,
  channelsExist,
  schedulesAreValid,
  retriesPause,
  silencesAreValid,
  quietHoursAreValid,
  defaultEnvironmentExists,
  overridesFit,
]

/** The rules that one value alone cannot break; faults in `broken` files are left out, since those are told already. */
export function namedRules(
  context: Omit<RuleContext, 'add' | 'tell'>,
  broken: ReadonlySet<string>,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const add: Add = (document, path, { code, message, hint, severity = 'error', of = 'value' }) => {
    if (broken.has(document.file)) return
    const placeOf = (where: Path, at: 'key' | 'value') =>
      at === 'key' ? document.placeOfKey(where) : document.placeOf(where)
    diagnostics.push(
      diagnose(placeOf(path, of), { code, severity, message }, hint, {
        pointer: (other) => placeOf(other.path, other.of ?? 'value'),
        replacement: (text) => document.replacing(path, text, of),
      }),
    )
  }
  const tell = (diagnostic: Diagnostic) => {
    if (!broken.has(diagnostic.file)) diagnostics.push(diagnostic)
  }
  for (const rule of RULES) rule({ ...context, add, tell })
  return diagnostics
}
