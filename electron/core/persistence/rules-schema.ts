/** The fields of a persistence.yaml. The text of each error is what is expected, and is told with its place by rules.ts. */
import { z } from 'zod';
import { SSL_MODES } from '../sources/postgres-address.ts';
import { LONGEST_PATTERN } from './rules-glob.ts';

/** Compared pairwise for rules that are never reached. */
const MOST_RULES = 200;
const MOST_BACKENDS = 100;

const text = (expected: string) => z.string({ error: expected }).min(1, { error: expected });
const flag = z.boolean({ error: 'true or false' });
/** Whole numbers; as digits where they come from a variable. */
const whole = (expected: string, least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value),
    z
      .number({ error: expected })
      .int({ error: expected })
      .min(least, { error: expected })
      .max(most, { error: expected }),
  );

const memory = z.strictObject({ type: z.literal('memory') });

const filesystem = z.strictObject({
  type: z.literal('filesystem'),
  base_path: text('the path of a folder'),
  compression: flag.optional(),
  encryption: flag.optional(),
  passphrase: text('a text, best ${NAME} for the environment variable NAME').optional(),
});

const sqlite = z.strictObject({ type: z.literal('sqlite'), path: text('the path of a database file') });

const postgresql = z.strictObject({
  type: z.literal('postgresql'),
  connection_string: text('postgresql://USER@HOST:PORT/DATABASE').optional(),
  host: text('the name of a host').optional(),
  port: whole('a port from 1 to 65535', 1, 65_535).optional(),
  user: text('the name of a user').optional(),
  password: text('a text, best ${NAME} for the environment variable NAME').optional(),
  database: text('the name of a database').optional(),
  ssl: z.union([z.boolean(), z.enum(SSL_MODES)], { error: `true, false, ${SSL_MODES.join(', ')}` }).optional(),
  ssl_root_cert: text('the path of a file with certificates').optional(),
  pool_size: whole('a whole number from 1 to 1000', 1, 1000).optional(),
  timeout: whole('seconds, a whole number from 1 to 86400', 1, 86_400).optional(),
});

const backend = z.discriminatedUnion('type', [memory, filesystem, sqlite, postgresql], {
  error: 'a mapping whose type is memory, filesystem, sqlite or postgresql',
});

const PATTERN = `a pattern such as "agent:*", of at most ${LONGEST_PATTERN} characters`;

const rule = z.strictObject(
  {
    pattern: text(PATTERN).max(LONGEST_PATTERN, { error: PATTERN }),
    backend: text('the name of a backend'),
    ttl: whole('seconds, a whole number from 0', 0, Number.MAX_SAFE_INTEGER).nullish(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'a mapping with pattern and backend' : undefined) },
);

const BACKENDS = 'a mapping of names to backends, at least one';
const RULES = `a list of at most ${MOST_RULES} rules`;

export const persistenceSchema = z.strictObject(
  {
    persistence: z.strictObject(
      {
        default_backend: text('the name of a backend'),
        backends: z
          .record(z.string(), backend, { error: BACKENDS })
          .refine((all) => Object.keys(all).length > 0, { error: BACKENDS })
          .refine((all) => Object.keys(all).length <= MOST_BACKENDS, { error: `at most ${MOST_BACKENDS} backends` }),
        rules: z.array(rule, { error: RULES }).max(MOST_RULES, { error: RULES }).nullish(),
      },
      {
        error: (issue) =>
          issue.code === 'invalid_type' ? 'a mapping with default_backend, backends and rules' : undefined,
      },
    ),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'a mapping with the member persistence' : undefined) },
);

export type PersistenceFile = z.infer<typeof persistenceSchema>;
export type BackendFields = z.infer<typeof backend>;
