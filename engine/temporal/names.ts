/** `project` and environment prefix every id, so that two repositories in one namespace never touch one another. */
export interface Prefix {
  readonly project: string
  readonly environment: string
}

export function prefixText({ project, environment }: Prefix): string {
  return environment === 'default' ? project : `${project}.${environment}`
}

export function scheduleId(prefix: Prefix, mapping: string): string {
  return `${prefixText(prefix)}/sync/${mapping}`
}

/** Of the workflow that looks after a mapping's dead letters. */
export function deadLettersId(prefix: Prefix, mapping: string): string {
  return `${prefixText(prefix)}/dead-letters/${mapping}`
}

/** Of the schedule that looks at a connection, and of its workflow. */
export function watchId(prefix: Prefix, connection: string): string {
  return `${prefixText(prefix)}/watch/${connection}`
}

/** Of a run started by hand; `suffix` tells one from another. */
export function runWorkflowId(prefix: Prefix, mapping: string, lane: string, suffix: string): string {
  return `${prefixText(prefix)}/${lane === 'live' ? 'sync' : lane}/${mapping}/${suffix}`
}
