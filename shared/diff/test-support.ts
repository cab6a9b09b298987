/** For the tests of this folder: values that keep what JSON.parse loses, and what a list of operations does to one. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import type { JsonPath } from '../json/path.ts';
import type { DiffOperation, DiffResult } from './diff.ts';

/** Arrays, and objects as maps; a leaf is its kind and its text. */
export type Value = Value[] | Map<string, Value> | string;

export function valueOf(doc: JsonDocument, node: NodeId = 0): Value {
  const kind = doc.kind(node);
  if (kind === 'array') return Array.from(doc.children(node), (child) => valueOf(doc, child));
  if (kind === 'object') {
    const members = Array.from(doc.children(node)).filter((child) => !doc.isShadowed(child));
    return new Map(members.map((child) => [doc.key(child) ?? '', valueOf(doc, child)]));
  }
  return kind === 'string' ? `string ${doc.string(node)}` : doc.rawText(node);
}

/** The same text for the same value, whatever the order of the members. */
export function canonical(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const names = [...value.keys()].toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value.get(name) ?? [])}`).join(',')}}`;
}

/** A place whose value can be exchanged, so that a value that moves takes its places along. */
interface Place {
  value: Place[] | Map<string, Place> | string;
}

/**
 * What the operations mean: first all that was removed and all that moves is taken out, then, in order, what was added and
 * what moves is put where it stands afterwards, and what changed gets its new value.
 */
export function applied(before: JsonDocument, after: JsonDocument, { operations }: DiffResult): Value {
  const root = placeOf(valueOf(before));
  const seen = operations.filter(({ shadowed }) => !shadowed);
  const taken = new Map<DiffOperation, Place>();
  for (const operation of seen) {
    const where = operation.kind === 'removed' ? operation.path : operation.from;
    if (where !== null) taken.set(operation, at(root, where));
  }
  const leaving = new Set(taken.values());
  prune(root, leaving);
  for (const operation of seen) {
    const { kind, path, afterNode } = operation;
    if (kind === 'removed') continue;
    const value = afterNode === null ? [] : valueOf(after, afterNode);
    if (kind === 'changed') at(root, path).value = placeOf(value).value;
    else insert(root, path, taken.get(operation) ?? placeOf(value));
  }
  return plain(root);
}

function placeOf(value: Value): Place {
  if (typeof value === 'string') return { value };
  if (Array.isArray(value)) return { value: value.map(placeOf) };
  return { value: new Map([...value].map(([name, member]) => [name, placeOf(member)])) };
}

function plain({ value }: Place): Value {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  return new Map([...value].map(([name, member]) => [name, plain(member)]));
}

function at(root: Place, path: JsonPath): Place {
  let place: Place | undefined = root;
  for (const segment of path) {
    const value: Place['value'] | undefined = place?.value;
    place =
      Array.isArray(value) && typeof segment === 'number'
        ? value[segment]
        : value instanceof Map
          ? value.get(String(segment))
          : undefined;
  }
  if (place === undefined) throw new Error(`nothing at ${JSON.stringify(path)}`);
  return place;
}

function prune(place: Place, leaving: ReadonlySet<Place>): void {
  const { value } = place;
  if (typeof value === 'string') return;
  if (Array.isArray(value)) {
    place.value = value.filter((item) => !leaving.has(item));
    for (const item of value) prune(item, leaving);
  } else {
    for (const [name, member] of value) {
      if (leaving.has(member)) value.delete(name);
      prune(member, leaving);
    }
  }
}

function insert(root: Place, path: JsonPath, place: Place): void {
  const { value } = at(root, path.slice(0, -1));
  const last = path.at(-1);
  if (Array.isArray(value) && typeof last === 'number') {
    if (last > value.length) throw new Error(`${JSON.stringify(path)} is beyond the end`);
    value.splice(last, 0, place);
  } else if (value instanceof Map && typeof last === 'string') value.set(last, place);
  else throw new Error(`nothing can be put at ${JSON.stringify(path)}`);
}
