import type { CommandEntry } from './command.ts'

/** Every command, in the order people meet them. Loaded when it is asked for: what one needs the others do not wait for. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'validate',
    summary: 'every fault of every file at once',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'test',
    summary: 'the tests inside the mapping files, on recorded samples',
    load: async () => (await import('./commands/test.ts')).test,
  },
  {
    name: 'plan',
    summary: 'the difference between the files and what is live, with its consequences',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'apply',
    summary: 'does exactly what plan shows',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'run',
    summary: 'the applied plan, now, with progress; without a name all mappings, linked ones first',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'status',
    summary: 'what is going on: each mapping, its last run, what is parked, when it runs next',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'runs',
    summary: 'the last runs, newest first, with what each did',
    load: async () => (await import('./commands/runs.ts')).runs,
  },
  {
    name: 'resume',
    summary: 'a run that waits goes on: after a halt, or at once instead of later',
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  {
    name: 'abort',
    summary: 'a run that waits ends; the next one begins where it stopped',
    load: async () => (await import('./commands/abort.ts')).abort,
  },
  {
    name: 'explain',
    summary: 'one record through every line of a mapping, and what stands where',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'dead-letters',
    summary: 'records that could not be delivered: list them, show one with its reason',
    load: async () => (await import('./commands/dead-letters.ts')).deadLetters,
  },
  {
    name: 'alerts',
    summary: 'alert rules and channels: how they stand, how often a rule would have fired, a test message',
    load: async () => (await import('./commands/alerts.ts')).alerts,
  },
  {
    name: 'cost',
    summary: 'calls, bytes, refusals and money of a month, and what it comes to at its end',
    load: async () => (await import('./commands/cost.ts')).cost,
  },
  {
    name: 'connect',
    summary: 'gives a connection its credentials: OAuth in the browser; of a key, whether it is taken',
    load: async () => (await import('./commands/connect.ts')).connect,
  },
  {
    name: 'doctor',
    summary: 'asks every connection how it stands: credentials, when they end, rights, versions',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'store',
    summary:
      'the database behind it: check it, back it up, restore or move it, bring it to the newest version',
    load: async () => (await import('./commands/store.ts')).store,
  },
  {
    name: 'worker',
    summary: 'runs what schedules and people ask for, until it is stopped',
    load: async () => (await import('./commands/worker.ts')).worker,
  },
  {
    name: 'dev',
    summary: 'the local Temporal dev server: start it, or stop it',
    load: async () => (await import('./commands/dev.ts')).dev,
  },
  {
    name: 'demo',
    summary: 'a shop and an Odoo on this machine, and the shipped mappings between them',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
]
