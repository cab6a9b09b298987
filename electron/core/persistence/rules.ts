/**
 * `persistence.yaml`, as the document's 5.2 writes it (and `sqlite` beside its backends): which backends there are, and
 * which states go where. Decision 45: a rule's pattern is a glob over `kind:id`, and the first that matches wins.
 */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { EXPECTED_VALUES } from '../../../shared/ipc/persistence.ts';
import { isPostgresUrl } from '../sources/postgres-address.ts';
import { SourceError } from '../sources/source-error.ts';
import type { StateInfo } from './backend.ts';
import type { BackendConfig, PersistenceConfig, PersistenceRule } from './rules-config.ts';
import { type Fault, faultText } from './rules-fault.ts';
import { coversGlob, matchesGlob } from './rules-glob.ts';
import { type BackendFields, EXPECTED, LIMITS, type PersistenceFile, persistenceSchema } from './rules-schema.ts';
import { type DataPath, YamlText } from './rules-yaml.ts';
import { type Environment, HIDDEN, substitute, withoutPassword } from './secrets.ts';

export interface ParsedPersistence {
  /** Null when a fault is an error. */
  readonly config: PersistenceConfig | null;
  /** In the order of the text. */
  readonly faults: readonly Fault[];
}

/**
 * Never throws for what is in the text. `${NAME}` in any text is replaced from the environment.
 * @param fileName where the text stands: paths in it are relative to its folder.
 */
export function parsePersistence(text: string, fileName: string, env: Environment = process.env): ParsedPersistence {
  const yaml = new YamlText(text);
  const written = yaml.data();
  const faults = yaml.faults;
  let config: PersistenceConfig | null = null;
  if (faults.length === 0) {
    const data = withEnvironment(written, env, yaml, []);
    const checked = persistenceSchema.safeParse(data);
    if (checked.success) {
      checkTogether(checked.data, written as PersistenceFile, yaml);
      if (!hasError(faults)) config = configOf(checked.data, dirname(resolve(fileName)));
    } else if (!hasError(faults)) {
      for (const issue of checked.error.issues) schemaFault(issue, data, yaml);
    }
  }
  return { config, faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** @throws SourceError `bad-config` with every fault and its line. */
export function persistenceOrThrow(text: string, fileName: string, env?: Environment): PersistenceConfig {
  const { config, faults } = parsePersistence(text, fileName, env);
  if (config !== null) return config;
  const reason = faults
    .filter(({ severity }) => severity === 'error')
    .map(faultText)
    .join('\n');
  const message = `${fileName} has faults; mend these lines, then open it again:\n${reason}`;
  throw new SourceError('bad-config', message, { location: fileName, reason });
}

export interface RuleMatch {
  /** Index of the rule that decides; null when none matches. */
  readonly rule: number | null;
  /** Name of the backend. */
  readonly backend: string;
  /** Seconds from the last write on; null for ever. */
  readonly ttl: number | null;
}

export function ruleFor(config: PersistenceConfig, key: string): RuleMatch {
  const index = config.rules.findIndex(({ pattern }) => matchesGlob(pattern, key));
  const rule = config.rules[index];
  if (rule === undefined) return { rule: null, backend: config.defaultBackend, ttl: null };
  return { rule: index, backend: rule.backend, ttl: rule.ttl };
}

/** ISO 8601 UTC; null for ever. Expired is shown, and nothing is deleted for it (decision 14). A naive time counts as UTC. */
export function expiryOf(updatedAt: string | null, ttl: number | null): string | null {
  if (updatedAt === null || ttl === null) return null;
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(updatedAt) || !updatedAt.includes('T') ? updatedAt : `${updatedAt}Z`;
  const expires = new Date(Date.parse(zoned) + ttl * 1000);
  return Number.isNaN(expires.getTime()) ? null : expires.toISOString();
}

export function expiresAt(config: PersistenceConfig, info: Pick<StateInfo, 'key' | 'updatedAt'>): string | null {
  return expiryOf(info.updatedAt, ruleFor(config, info.key).ttl);
}

/** To be shown: no secret is in it any more. */
export function redacted(config: PersistenceConfig): PersistenceConfig {
  return { ...config, backends: config.backends.map(redactedBackend) };
}

function redactedBackend(backend: BackendConfig): BackendConfig {
  switch (backend.type) {
    case 'memory':
    case 'sqlite':
      return backend;
    case 'filesystem':
      return { ...backend, passphrase: backend.passphrase === null ? null : HIDDEN };
    case 'postgresql': {
      const { connectionString, password } = backend;
      return {
        ...backend,
        connectionString: connectionString === null ? null : withoutPassword(connectionString),
        password: password === null ? null : HIDDEN,
      };
    }
    default:
      return backend satisfies never;
  }
}

function hasError(faults: readonly Fault[]): boolean {
  return faults.some(({ severity }) => severity === 'error');
}

/** A copy in which every text has its variables replaced. */
function withEnvironment(value: unknown, env: Environment, yaml: YamlText, path: DataPath): unknown {
  if (typeof value === 'string') {
    const { text, missing, malformed } = substitute(value, env);
    for (const name of missing) {
      yaml.fault(
        path,
        'missing-variable',
        { name },
        `the environment variable ${name} is not set: set it, then open the file again.`,
      );
    }
    if (malformed) {
      const message = `${pathText(path)}: a variable is written \${NAME}, with letters, digits and _; a plain \${ is $\${.`;
      yaml.fault(path, 'malformed-variable', { field: pathText(path) }, message);
    }
    return text;
  }
  if (Array.isArray(value)) return value.map((item, i) => withEnvironment(item, env, yaml, [...path, i]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withEnvironment(inner, env, yaml, [...path, name])]),
  );
}

/** The issue's message names what is expected; see rules-schema.ts. */
function schemaFault(issue: z.core.$ZodIssue, data: unknown, yaml: YamlText): void {
  if (issue.code === 'unrecognized_keys') {
    for (const name of issue.keys) {
      const field = pathText([...issue.path, name]);
      const message = `${field} is unknown here: check its spelling, or remove it.`;
      yaml.faultAtKey([...issue.path, name], 'unknown-field', { field }, message);
    }
    return;
  }
  const found = issue.path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    data,
  );
  const where = issue.path.length === 0 ? 'the file' : pathText(issue.path);
  const name = EXPECTED_VALUES.find((each) => each === issue.message);
  const expected = name === undefined ? issue.message : EXPECTED[name];
  const params = { field: issue.path.length === 0 ? '$' : where, ...LIMITS, ...(name && { expected: name }) };
  if (found === undefined)
    yaml.fault(issue.path, 'missing-field', params, `${where} is missing; expected: ${expected}.`);
  else yaml.fault(issue.path, 'unexpected-value', params, `${where} is something else; expected: ${expected}.`);
}

/** What no field can tell by itself. Names are told as they are written: a value from the environment may be secret. */
function checkTogether({ persistence }: PersistenceFile, written: PersistenceFile, yaml: YamlText): void {
  const names = Object.keys(persistence.backends);
  const rules = persistence.rules ?? [];
  const unknown = (path: DataPath, name: string, asWritten: string | undefined) => {
    if (names.includes(name)) return;
    const message = `${pathText(path)}: there is no backend ${JSON.stringify(asWritten)}; expected one of: ${names.join(', ')}.`;
    const params = { field: pathText(path), name: asWritten ?? '', names: names.join(', ') };
    yaml.fault(path, 'unknown-backend', params, message);
  };
  unknown(['persistence', 'default_backend'], persistence.default_backend, written.persistence.default_backend);
  for (const [i, rule] of rules.entries()) {
    const asWritten = written.persistence.rules?.[i];
    unknown(['persistence', 'rules', i, 'backend'], rule.backend, asWritten?.backend);
    const above = rules.findIndex(({ pattern }, other) => other < i && coversGlob(pattern, rule.pattern));
    if (above < 0) continue;
    const at = ['persistence', 'rules', i, 'pattern'];
    const which = JSON.stringify(asWritten?.pattern);
    const params = { pattern: asWritten?.pattern ?? '', number: String(above + 1) };
    if (rules[above]?.pattern === rule.pattern) {
      yaml.fault(
        at,
        'duplicate-pattern',
        params,
        `rule ${above + 1} has the pattern ${which} already: keep one of the two.`,
      );
    } else {
      const message = `the rule for ${which} is never reached: rule ${above + 1} matches all of it and comes first. Move it up.`;
      yaml.fault(at, 'unreachable-rule', params, message, 'warning');
    }
  }
  for (const [name, fields] of Object.entries(persistence.backends)) {
    checkBackend(['persistence', 'backends', name], fields, written.persistence.backends[name], yaml);
  }
}

function checkBackend(path: DataPath, fields: BackendFields, written: BackendFields | undefined, yaml: YamlText): void {
  if (fields.type === 'filesystem' && fields.passphrase !== undefined) {
    const asWritten = written?.type === 'filesystem' ? written.passphrase : undefined;
    if (asWritten?.includes('${') !== true) {
      const field = pathText([...path, 'passphrase']);
      const message = `${field} stands in the file for everyone to read: write \${NAME} and set that environment variable.`;
      yaml.fault([...path, 'passphrase'], 'plain-secret', { field }, message, 'warning');
    }
  }
  if (fields.type !== 'postgresql') return;
  const { connection_string: address, host } = fields;
  if (address === undefined && host === undefined) {
    const params = { field: pathText([...path, 'connection_string']), expected: 'address' } as const;
    const message = `${pathText(path)}: connection_string is missing, or host instead of it.`;
    yaml.faultAtKey(path, 'missing-field', params, message);
  } else if (address !== undefined && !isPostgresUrl(address)) {
    const at = [...path, 'connection_string'];
    const params = { field: pathText(at), expected: 'address' } as const;
    yaml.fault(at, 'unexpected-value', params, `${pathText(at)}: expected: ${EXPECTED.address}.`);
  } else if (address !== undefined) {
    for (const part of ['host', 'port', 'user', 'password', 'database'] as const) {
      if (fields[part] === undefined) continue;
      const field = pathText([...path, part]);
      const message = `${field}: connection_string says this already; expected: one of the two.`;
      yaml.faultAtKey([...path, part], 'said-twice', { field }, message);
    }
  }
}

function configOf({ persistence }: PersistenceFile, folder: string): PersistenceConfig {
  return {
    defaultBackend: persistence.default_backend,
    backends: Object.entries(persistence.backends).map(([name, fields]) => backendOf(name, fields, folder)),
    rules: (persistence.rules ?? []).map(({ pattern, backend, ttl }): PersistenceRule => {
      return { pattern, backend, ttl: ttl ?? null };
    }),
  };
}

function backendOf(name: string, fields: BackendFields, folder: string): BackendConfig {
  switch (fields.type) {
    case 'memory':
      return { name, type: 'memory' };
    case 'sqlite':
      return { name, type: 'sqlite', path: resolve(folder, fields.path) };
    case 'filesystem':
      return {
        name,
        type: 'filesystem',
        basePath: resolve(folder, fields.base_path),
        compression: fields.compression ?? false,
        encryption: fields.encryption ?? false,
        passphrase: fields.passphrase ?? null,
      };
    case 'postgresql':
      return {
        name,
        type: 'postgresql',
        connectionString: fields.connection_string ?? null,
        host: fields.host ?? null,
        port: fields.port ?? null,
        user: fields.user ?? null,
        password: fields.password ?? null,
        database: fields.database ?? null,
        ssl: fields.ssl ?? null,
        sslRootCert: fields.ssl_root_cert === undefined ? null : resolve(folder, fields.ssl_root_cert),
        poolSize: fields.pool_size ?? null,
        timeout: fields.timeout ?? null,
      };
    default:
      return fields satisfies never;
  }
}

/** `persistence.rules[0].ttl` */
function pathText(path: DataPath): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${String(step)}`))
    .join('');
}
