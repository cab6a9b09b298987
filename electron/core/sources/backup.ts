/** The design's backup: `{"metadata": {backup_name, created_at, version, total_states}, "states": {key: value}}`. */

import type { Problem, StateMetadata } from '../../../shared/ipc/model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { problem } from './problems.ts';
import { factsOf, field, memberText } from './state-facts.ts';
import type { FileCatalog, ReadableJson } from './whole-file.ts';

/** Keys stand as they are; one without a kind becomes `state:KEY`. The values may have any shape. */
export function readBackup(catalog: FileCatalog, loaded: ReadableJson): void {
  const { document, file } = loaded;
  const states = document.member(0, 'states');
  if (states === undefined) return;
  const about = backupFields(document);
  const keptOf = keptBeside(document);
  let unclaimed = loaded.problems;
  let count = 0;
  for (const node of document.children(states)) {
    count++;
    const start = document.start(node);
    const end = document.end(node);
    const concerns = ({ offset }: Problem) => offset !== null && offset >= start && offset <= end;
    const raw = document.key(node) ?? '';
    const { kind, id } = splitKey(raw);
    const facts = factsOf(document, node);
    const key = catalog.add(
      {
        kind,
        id,
        status: facts.status,
        bytes: end - start,
        location: file.location,
        aliases: [raw],
        metadata: withKept(
          {
            file: file.display,
            table: null,
            createdAt: null,
            updatedAt: facts.timestamp,
            type: facts.type,
            version: facts.version,
            fields: [...facts.fields, ...about],
          },
          keptOf(raw),
        ),
        content: { file, whole: false, start, end },
      },
      unclaimed.filter(concerns),
    );
    unclaimed = unclaimed.filter((problem) => !concerns(problem));
    if (key !== `${kind}:${id}`) catalog.problems.push(duplicate(file.location, raw, key, start));
  }
  catalog.problems.push(...unclaimed, ...wrongTotal(document, file.location, count));
}

/** `agent:planner` has the kind `agent`; `planner` has none. */
export function splitKey(key: string): { readonly kind: string; readonly id: string } {
  const colon = key.indexOf(':');
  const whole = colon <= 0 || colon === key.length - 1;
  return whole ? { kind: 'state', id: key } : { kind: key.slice(0, colon), id: key.slice(colon + 1) };
}

const STATE_INFO = 'state_info';

/** What a backup that we have written keeps about a state beside its text. */
export interface KeptBeside {
  /** Hexadecimal, of the text's bytes. Empty for a state that a backup with checksums does not name. */
  readonly sha256: string | null;
  readonly type: string | null;
  readonly version: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  /** Where it lay in its source. */
  readonly location: string | null;
}

/** Names of the fields in which it is handed on: what is put back is compared and labelled with these, and put where it lay. */
export const KEPT_FIELDS = {
  sha256: 'backup.state_sha256',
  type: 'backup.state_type',
  version: 'backup.state_version',
  location: 'backup.state_location',
} as const;

export function keptField({ fields }: StateMetadata, field: keyof typeof KEPT_FIELDS): string | null {
  return fields.find(({ name }) => name === KEPT_FIELDS[field])?.value ?? null;
}

const NOT_NAMED: KeptBeside = {
  sha256: '',
  type: null,
  version: null,
  createdAt: null,
  updatedAt: null,
  location: null,
};

/** @param doc with `metadata`. The function takes a state's name as it stands in the backup. */
export function keptBeside(doc: JsonDocument): (raw: string) => KeptBeside | null {
  const metadata = doc.member(0, 'metadata');
  const list = metadata === undefined ? undefined : doc.member(metadata, STATE_INFO);
  if (list === undefined || doc.kind(list) !== 'object') return () => null;
  // The tape of the whole may end above it.
  const own = parseJson(doc.rawBytes(list), { recordDepth: 1 }).document ?? doc;
  return (raw) => {
    const node = own.member(0, raw);
    const kept = node === undefined ? null : parseJson(own.rawBytes(node)).document;
    if (kept === null) return NOT_NAMED;
    const text = (name: string): string | null => memberText(kept, 0, name);
    return {
      sha256: text('sha256'),
      type: text('type'),
      version: text('version'),
      createdAt: text('created_at'),
      updatedAt: text('updated_at'),
      location: text('location'),
    };
  };
}

/** What the text says of itself comes first. */
export function withKept(metadata: StateMetadata, kept: KeptBeside | null): StateMetadata {
  if (kept === null) return metadata;
  const { sha256, type, version, location } = kept;
  const beside = metadata.type === null ? ({ type, version } as const) : ({ type: null, version: null } as const);
  const told: readonly (readonly [string, string | null])[] = [
    [KEPT_FIELDS.sha256, sha256],
    [KEPT_FIELDS.type, beside.type],
    [KEPT_FIELDS.version, beside.version],
    [KEPT_FIELDS.location, location],
  ];
  return {
    ...metadata,
    createdAt: metadata.createdAt ?? kept.createdAt,
    updatedAt: metadata.updatedAt ?? kept.updatedAt,
    type: metadata.type ?? type,
    version: metadata.version ?? version,
    fields: [...metadata.fields, ...told.flatMap(([name, value]) => (value === null ? [] : [field(name, value)]))],
  };
}

/** What the backup says about itself, beside each of its states. */
export function backupFields(doc: JsonDocument): StateMetadata['fields'] {
  const metadata = doc.member(0, 'metadata');
  if (metadata === undefined) return [];
  const fields: StateMetadata['fields'][number][] = [];
  for (const node of doc.children(metadata)) {
    const name = doc.key(node) ?? '';
    // A list of all states is nothing to show beside each of them.
    if (name === STATE_INFO) continue;
    fields.push(field(`backup.${name}`, memberText(doc, metadata, name) ?? doc.rawText(node)));
  }
  return fields;
}

/** `found`: how many states are in it. */
export function wrongTotal(doc: JsonDocument, location: string, found: number): Problem[] {
  const metadata = doc.member(0, 'metadata');
  const node = metadata === undefined ? undefined : doc.member(metadata, 'total_states');
  if (node === undefined || (doc.kind(node) === 'number' && doc.number(node).value === found)) return [];
  const claimed = scalarText(doc, node);
  const message = `The backup says that it holds ${claimed} states, and ${found} were found. It may be incomplete: compare it with another one.`;
  const details = { claimed, found };
  return [
    problem({ location, code: 'unexpected-value', message, offset: doc.start(node), severity: 'warning', details }),
  ];
}

function scalarText(doc: JsonDocument, node: NodeId): string {
  const text = doc.rawText(node);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** `raw`: the name that stands there more than once, `key` where this one of them is listed. */
export function duplicate(location: string, raw: string, key: string, offset: number): Problem {
  const message = `The backup holds the key ${raw} more than once; this one is shown as ${key}. A restore by another program takes the last.`;
  return problem({
    location,
    code: 'unexpected-value',
    message,
    offset,
    key,
    severity: 'warning',
    details: { key: raw },
  });
}

/** Whether all states that were written into a backup are in it, as far as it says. */
export function isWholeBackup(problems: readonly Problem[]): boolean {
  return !problems.some(({ severity, details }) => severity === 'error' || 'claimed' in details);
}
