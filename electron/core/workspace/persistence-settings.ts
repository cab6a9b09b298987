/** An open persistence.yaml as a person sees it: its backends and rules, and where they put each state of the workspace. */
import { readFile } from 'node:fs/promises';
import type { Page } from '../../../shared/ipc/model.ts';
import type { PersistenceEdit, PersistenceSettings, PlacedKey } from '../../../shared/ipc/persistence.ts';
import { expiryOf, parsePersistence, redacted, ruleFor } from '../persistence/rules.ts';
import type { BackendConfig, PersistenceConfig } from '../persistence/rules-config.ts';
import { editPersistence } from '../persistence/rules-edit.ts';
import { withoutPassword } from '../persistence/secrets.ts';
import { PersistenceSource } from '../sources/persistence-yaml.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { textRevision } from '../writing/state-writer.ts';

/**
 * Null for a source that is no persistence.yaml. Edits with which it would have faults are told as such; the rest of the answer is
 * then about the file as it is.
 * @throws SourceError `bad-config` for a file that has faults as it is, and for edits that do not fit it.
 */
export async function persistenceSettings(
  source: Source,
  edits: readonly PersistenceEdit[],
): Promise<PersistenceSettings | null> {
  if (!(source instanceof PersistenceSource)) return null;
  const { revision, config: changed, faults } = await edited(source, edits);
  const config = changed ?? (await asItIs(source));
  const placed = source.entries.map(({ key }) => ({ lies: source.backendOf(key), match: ruleFor(config, key) }));
  return {
    file: source.location,
    revision,
    defaultBackend: config.defaultBackend,
    backends: redacted(config).backends.map((backend) => ({
      name: backend.name,
      type: backend.type,
      location: locationOf(backend),
      compression: backend.type === 'filesystem' && backend.compression,
      encryption: backend.type === 'filesystem' && backend.encryption,
      states: placed.filter(({ lies }) => lies === backend.name).length,
    })),
    rules: config.rules.map((rule, index) => ({
      ...rule,
      states: placed.filter(({ match }) => match.rule === index).length,
    })),
    defaultStates: placed.filter(({ match }) => match.rule === null).length,
    faults,
  };
}

/** In the source's order; with `misplaced` those only that lie elsewhere than their rule says. @throws SourceError */
export async function placedKeys(
  source: Source,
  input: {
    readonly edits: readonly PersistenceEdit[];
    readonly misplaced: boolean;
    readonly offset: number;
    readonly limit: number;
  },
): Promise<Page<PlacedKey>> {
  if (!(source instanceof PersistenceSource)) return { rows: [], total: 0 };
  const config = (await edited(source, input.edits)).config ?? (await asItIs(source));
  const all = source.entries.flatMap(({ key, updatedAt }): PlacedKey[] => {
    const { rule, backend: belongsTo, ttl } = ruleFor(config, key);
    const backend = source.backendOf(key) ?? belongsTo;
    if (input.misplaced && backend === belongsTo) return [];
    return [{ key, backend, rule, belongsTo, ttl, expiresAt: expiryOf(updatedAt, ttl) }];
  });
  return { rows: all.slice(input.offset, input.offset + input.limit), total: all.length };
}

/** The text after the edits, and what must still be there for it to be written. @throws SourceError `bad-config`, `conflict` */
export async function editedText(
  source: Source,
  edits: readonly PersistenceEdit[],
): Promise<{ readonly text: Uint8Array; readonly revisionBefore: string } | null> {
  if (!(source instanceof PersistenceSource)) return null;
  const { revision, text, config, faults } = await edited(source, edits);
  if (config === null) throw faulty(source, faults);
  return { text: Buffer.from(text), revisionBefore: revision };
}

interface Edited {
  /** Of the file as it is. */
  readonly revision: string;
  readonly text: string;
  /** Null: it would have faults. */
  readonly config: PersistenceConfig | null;
  readonly faults: Faults;
}

type Faults = ReturnType<typeof parsePersistence>['faults'];

async function edited(source: PersistenceSource, edits: readonly PersistenceEdit[]): Promise<Edited> {
  const { location } = source;
  const bytes = await readFile(location);
  const before = bytes.toString();
  const text = edits.length === 0 ? before : editPersistence(before, edits, location);
  const { config, faults } = parsePersistence(text, location);
  return { revision: textRevision(bytes), text, config, faults };
}

async function asItIs(source: PersistenceSource): Promise<PersistenceConfig> {
  const { config, faults } = await edited(source, []);
  if (config === null) throw faulty(source, faults);
  return config;
}

function faulty({ location }: PersistenceSource, faults: Faults): SourceError {
  const reason = faults.map(({ line, message }) => `line ${line}: ${message}`).join('\n');
  return new SourceError('bad-config', `${location} has faults:\n${reason}`, { location, reason });
}

function locationOf(backend: BackendConfig): string | null {
  switch (backend.type) {
    case 'memory':
      return null;
    case 'filesystem':
      return backend.basePath;
    case 'sqlite':
      return backend.path;
    case 'postgresql': {
      const { connectionString, host, port, database } = backend;
      if (connectionString !== null) return withoutPassword(connectionString);
      return `postgresql://${host ?? ''}${port === null ? '' : `:${port}`}/${database ?? ''}`;
    }
    default:
      return backend satisfies never;
  }
}
