/** The design's backup: `{"metadata": {backup_name, created_at, version, total_states}, "states": {key: value}}`. */

import type { Problem, StateMetadata } from '../../../shared/ipc/model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { problem } from './problems.ts';
import { factsOf, field, memberText } from './state-facts.ts';
import type { FileCatalog, ReadableJson } from './whole-file.ts';

/** Keys stand as they are; one without a kind becomes `state:KEY`. The values may have any shape. */
export function readBackup(catalog: FileCatalog, loaded: ReadableJson): void {
  const { document, file } = loaded;
  const states = document.member(0, 'states');
  if (states === undefined) return;
  const about = backupFields(document);
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
        metadata: {
          file: file.display,
          table: null,
          createdAt: null,
          updatedAt: facts.timestamp,
          type: facts.type,
          version: facts.version,
          fields: [...facts.fields, ...about],
        },
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
function splitKey(key: string): { readonly kind: string; readonly id: string } {
  const colon = key.indexOf(':');
  const whole = colon <= 0 || colon === key.length - 1;
  return whole ? { kind: 'state', id: key } : { kind: key.slice(0, colon), id: key.slice(colon + 1) };
}

function backupFields(doc: JsonDocument): StateMetadata['fields'] {
  const metadata = doc.member(0, 'metadata');
  if (metadata === undefined) return [];
  const fields: StateMetadata['fields'][number][] = [];
  for (const node of doc.children(metadata)) {
    const name = doc.key(node) ?? '';
    fields.push(field(`backup.${name}`, memberText(doc, metadata, name) ?? doc.rawText(node)));
  }
  return fields;
}

function wrongTotal(doc: JsonDocument, location: string, found: number): Problem[] {
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

function duplicate(location: string, raw: string, key: string, offset: number): Problem {
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
