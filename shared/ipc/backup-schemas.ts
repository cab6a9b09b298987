/** What may be asked about backups, checked in the main process; contract.ts has the answers. */
import { z } from 'zod';
import { LONGEST_GLOB, MOST_STATES_CHOSEN } from './backups.ts';

const workspace = z.string().min(1).max(64);
const file = z.string().min(1).max(32_768);
const secret = z.string().min(1).max(4096);
const globs = z.array(z.string().min(1).max(100_000)).max(10_000);

const chosenStates = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('all') }),
  z.strictObject({ of: z.literal('filter'), filter: z.string().max(20_000) }),
  z.strictObject({
    of: z.literal('some'),
    only: z.array(z.string().min(1).max(LONGEST_GLOB)).max(1000),
    except: globs,
  }),
]);

export const backupInputs = {
  ofWorkspace: z.strictObject({ workspace }),
  ofFile: z.strictObject({ workspace, file }),
  ofFolder: z.strictObject({ workspace, folder: file }),
  unlock: z.strictObject({ workspace, file, secret }),
  place: z.strictObject({ workspace, name: z.string().max(200), gzip: z.boolean(), encrypted: z.boolean() }),
  /** `file` null: of what is shown of the open source. */
  matching: z.strictObject({
    workspace,
    file: file.nullable(),
    chosen: chosenStates,
    limit: z.int().min(0).max(MOST_STATES_CHOSEN),
  }),
  create: z.strictObject({
    workspace,
    name: z.string().max(200),
    /** Null: in the default folder, named by the source and the time. */
    file: file.nullable(),
    chosen: chosenStates,
    gzip: z.boolean(),
    passphrase: secret.nullable(),
    /** The states of an encrypted source may stand in it unencrypted. */
    allowPlain: z.boolean(),
  }),
};
