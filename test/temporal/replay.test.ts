import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { expect, test } from 'vitest'
import { ROOT } from '../core/compile/repository.ts'

const folder = join(ROOT, 'test', 'histories')

/** Histories of runs as they happened: the workflow code of today has to take the same steps. */
test.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
  '%s replays',
  { timeout: 60_000 },
  async (name) => {
    const history = historyFromJSON(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    await expect(
      Worker.runReplayHistory({ workflowsPath: join(ROOT, 'workflows', 'index.ts') }, history),
    ).resolves.toBeUndefined()
  },
)
