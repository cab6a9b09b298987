/** What may be asked about performance, checked in the main process; contract.ts has the answers, performance.ts the types. */
import { z } from 'zod';
import { MEASURED_PROCESSES, METRIC_NAMES, STATE_OPERATIONS } from './performance.ts';

/** More lines than a person can tell apart in all charts together. */
export const MOST_SERIES = 100;
export const MOST_POINTS = 2000;

const workspace = z.string().min(1).max(64);
const time = z.number().min(0).max(8.64e15);
const range = { from: time, to: time };
const points = z.int().min(4).max(MOST_POINTS);

const seriesKey = z.strictObject({
  metric: z.enum(METRIC_NAMES),
  process: z.enum(MEASURED_PROCESSES).exactOptional(),
  operation: z.enum(STATE_OPERATIONS).exactOptional(),
  backend: z.string().max(10_000).exactOptional(),
  kind: z.string().max(100_000).exactOptional(),
  key: z.string().min(1).max(100_000).exactOptional(),
});

export const performanceInputs = {
  overview: z.strictObject({ workspace, ...range }),
  series: z.strictObject({ workspace, ...range, points, series: z.array(seriesKey).max(MOST_SERIES) }),
  agents: z.strictObject({ workspace, ...range, points }),
  prune: z.strictObject({
    workspace,
    rule: z.strictObject({
      maxAgeDays: z.number().min(0).max(1e6).exactOptional(),
      maxBytes: z.number().min(0).max(1e15).exactOptional(),
    }),
    dryRun: z.boolean(),
  }),
};
