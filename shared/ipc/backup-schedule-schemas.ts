/** Schedules of backups as they are asked for and stored. Ranges are the engine's to check: it says how to mend them. */
import { z } from 'zod';

export const timingSchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('interval'), seconds: z.number() }),
  z.object({ by: z.literal('cron'), expression: z.string().max(200) }),
]);

const place = z.string().min(1).max(32_768);

export const scheduleDraftSchema = z.object({
  source: place,
  followLinks: z.boolean(),
  timing: timingSchema,
  folder: place,
  gzip: z.boolean(),
  encrypted: z.boolean(),
  only: z.array(z.string().min(1).max(256)).max(1000).readonly().nullable(),
  keep: z.object({ count: z.number().nullable(), days: z.number().nullable() }),
  skipUnchanged: z.boolean(),
  enabled: z.boolean(),
});

export const scheduleInputs = {
  /** `of` null: the schedules of every source. */
  list: z.strictObject({ of: place.nullable() }),
  /** `id` null: a new one. `passphrase` null: as it is kept. */
  save: z.strictObject({
    id: z.string().max(64).nullable(),
    draft: scheduleDraftSchema,
    passphrase: z.string().min(1).max(4096).nullable(),
  }),
  /** Of a form that is being filled in. */
  preview: z.strictObject({ timing: timingSchema }),
  ofSchedule: z.strictObject({ id: z.string().max(64) }),
};
