import { writeFileSync } from 'node:fs'

/** Loaded beside a program (`node --import`): asked by SIGUSR2, it leaves the most memory that its process ever had (bytes) in a file. */
process.on('SIGUSR2', () => {
  writeFileSync(process.env['BENCH_PEAK']!, String(process.resourceUsage().maxRSS * 1024))
})
