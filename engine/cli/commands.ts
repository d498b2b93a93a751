import type { Command } from './command.ts'
import { apply } from './commands/apply.ts'
import { deadLetters } from './commands/dead-letters.ts'
import { demo } from './commands/demo.ts'
import { dev } from './commands/dev.ts'
import { explain } from './commands/explain.ts'
import { plan } from './commands/plan.ts'
import { run } from './commands/run.ts'
import { runs } from './commands/runs.ts'
import { status } from './commands/status.ts'
import { store } from './commands/store.ts'
import { test } from './commands/test.ts'
import { validate } from './commands/validate.ts'
import { worker } from './commands/worker.ts'

/** Every command, in the order people meet them. */
export const COMMANDS: readonly Command[] = [
  validate,
  test,
  plan,
  apply,
  run,
  status,
  runs,
  explain,
  deadLetters,
  store,
  worker,
  dev,
  demo,
]
