/** The fields of a persistence.yaml. Each error is the name of what is expected, and is told with its place by rules.ts. */
import { z } from 'zod';
import type { ExpectedValue } from '../../../shared/ipc/persistence.ts';
import { SSL_MODES } from '../sources/postgres-address.ts';
import { LONGEST_PATTERN } from './rules-glob.ts';

/** Compared pairwise for rules that are never reached. */
const MOST_RULES = 200;
const MOST_BACKENDS = 100;

/** In English. Numbers in them are the limits of the schema below. */
export const EXPECTED: Readonly<Record<ExpectedValue, string>> = {
  folder: 'the path of a folder',
  'database-file': 'the path of a database file',
  flag: 'true or false',
  secret: 'a text, best ${NAME} for the environment variable NAME',
  address: 'postgresql://USER@HOST:PORT/DATABASE',
  host: 'the name of a host',
  port: 'a port from 1 to 65535',
  user: 'the name of a user',
  database: 'the name of a database',
  ssl: `true, false, ${SSL_MODES.join(', ')}`,
  certificates: 'the path of a file with certificates',
  'pool-size': 'a whole number from 1 to 1000',
  timeout: 'seconds, a whole number from 1 to 86400',
  backend: 'a mapping whose type is memory, filesystem, sqlite or postgresql',
  pattern: `a pattern such as "agent:*", of at most ${LONGEST_PATTERN} characters`,
  'backend-name': 'the name of a backend',
  ttl: 'seconds, a whole number from 0',
  rule: 'a mapping with pattern and backend',
  backends: 'a mapping of names to backends, at least one',
  'fewer-backends': `at most ${MOST_BACKENDS} backends`,
  rules: `a list of at most ${MOST_RULES} rules`,
  persistence: 'a mapping with default_backend, backends and rules',
  file: 'a mapping with the member persistence',
};

/** What texts in other languages are filled in with. */
export const LIMITS = {
  modes: SSL_MODES.join(', '),
  characters: String(LONGEST_PATTERN),
  backends: String(MOST_BACKENDS),
  rules: String(MOST_RULES),
} as const;

const text = (expected: ExpectedValue) => z.string({ error: expected }).min(1, { error: expected });
const flag = z.boolean({ error: 'flag' satisfies ExpectedValue });
/** Whole numbers; as digits where they come from a variable. */
const whole = (expected: ExpectedValue, least: number, most: number) =>
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
  base_path: text('folder'),
  compression: flag.optional(),
  encryption: flag.optional(),
  passphrase: text('secret').optional(),
});

const sqlite = z.strictObject({ type: z.literal('sqlite'), path: text('database-file') });

const postgresql = z.strictObject({
  type: z.literal('postgresql'),
  connection_string: text('address').optional(),
  host: text('host').optional(),
  port: whole('port', 1, 65_535).optional(),
  user: text('user').optional(),
  password: text('secret').optional(),
  database: text('database').optional(),
  ssl: z.union([z.boolean(), z.enum(SSL_MODES)], { error: 'ssl' satisfies ExpectedValue }).optional(),
  ssl_root_cert: text('certificates').optional(),
  pool_size: whole('pool-size', 1, 1000).optional(),
  timeout: whole('timeout', 1, 86_400).optional(),
});

const backend = z.discriminatedUnion('type', [memory, filesystem, sqlite, postgresql], {
  error: 'backend' satisfies ExpectedValue,
});

const rule = z.strictObject(
  {
    pattern: text('pattern').max(LONGEST_PATTERN, { error: 'pattern' satisfies ExpectedValue }),
    backend: text('backend-name'),
    ttl: whole('ttl', 0, Number.MAX_SAFE_INTEGER).nullish(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? ('rule' satisfies ExpectedValue) : undefined) },
);

const BACKENDS: ExpectedValue = 'backends';
const RULES: ExpectedValue = 'rules';

export const persistenceSchema = z.strictObject(
  {
    persistence: z.strictObject(
      {
        default_backend: text('backend-name'),
        backends: z
          .record(z.string(), backend, { error: BACKENDS })
          .refine((all) => Object.keys(all).length > 0, { error: BACKENDS })
          .refine((all) => Object.keys(all).length <= MOST_BACKENDS, {
            error: 'fewer-backends' satisfies ExpectedValue,
          }),
        rules: z.array(rule, { error: RULES }).max(MOST_RULES, { error: RULES }).nullish(),
      },
      {
        error: (issue) => (issue.code === 'invalid_type' ? ('persistence' satisfies ExpectedValue) : undefined),
      },
    ),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? ('file' satisfies ExpectedValue) : undefined) },
);

export type PersistenceFile = z.infer<typeof persistenceSchema>;
export type BackendFields = z.infer<typeof backend>;
