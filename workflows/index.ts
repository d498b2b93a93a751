// Every function exported here is a workflow that a worker serves. Nothing else is exported.
export { alerts } from './alerts.ts'
export { deadLetters } from './dead-letters.ts'
export { sync } from './sync.ts'
export { watchConnection } from './watch-connection.ts'
