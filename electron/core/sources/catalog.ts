/** Collects the states of a source while it opens: unique keys, problems that name them, and what reading them needs. */
import type { Problem, StateMetadata } from '../../../shared/ipc/model.ts';
import type { StateEntry } from './source.ts';
import { SourceError } from './source-error.ts';

/** A state before it has its key. `content` is what the reader needs to hand out its bytes. */
export interface StateDraft<Content> {
  readonly kind: string;
  readonly id: string;
  /** Ids to take, in this order, where `id` belongs to another state already. */
  readonly otherIds?: readonly string[];
  readonly status: string | null;
  readonly bytes: number;
  readonly location: string;
  readonly aliases?: readonly string[];
  readonly metadata: StateMetadata;
  readonly content: Content;
}

export interface CatalogItem<Content> {
  readonly entry: StateEntry;
  readonly metadata: StateMetadata;
  readonly content: Content;
}

/** Keys taken so far; shared by all the files and databases of one source. */
export class KeyRing {
  readonly #taken = new Set<string>();

  /** The first id that is free; at the worst the first one with a number. */
  claim(kind: string, ids: readonly string[]): string {
    const free = ids.find((id) => !this.#taken.has(`${kind}:${id}`)) ?? this.#numbered(kind, ids[0] ?? '');
    this.#taken.add(`${kind}:${free}`);
    return free;
  }

  #numbered(kind: string, id: string): string {
    for (let number = 2; ; number++) {
      const numbered = `${id} (${number})`;
      if (!this.#taken.has(`${kind}:${numbered}`)) return numbered;
    }
  }
}

export class Catalog<Content> {
  readonly entries: StateEntry[] = [];
  readonly problems: Problem[] = [];
  readonly #items = new Map<string, CatalogItem<Content>>();
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  /** Lists a state; `problems` are about it and get its key. */
  add(draft: StateDraft<Content>, problems: readonly Problem[] = []): string {
    const { kind, metadata, content } = draft;
    const id = this.#keys.claim(kind, [draft.id, ...(draft.otherIds ?? [])]);
    const key = `${kind}:${id}`;
    const entry: StateEntry = {
      key,
      kind,
      id,
      type: metadata.type,
      status: draft.status,
      bytes: draft.bytes,
      updatedAt: metadata.updatedAt,
      location: draft.location,
      aliases: (draft.aliases ?? []).filter((alias) => alias !== key),
    };
    this.entries.push(entry);
    this.#items.set(key, { entry, metadata, content });
    for (const problem of problems) this.problems.push({ ...problem, key });
    return key;
  }

  /** @throws SourceError `not-found` */
  item(key: string): CatalogItem<Content> {
    const item = this.#items.get(key);
    if (item === undefined) throw notFound(key);
    return item;
  }
}

export function notFound(key: string): SourceError {
  return new SourceError('not-found', `There is no state ${key} in this source. List its states to see their keys.`, {
    key,
  });
}

/** An alias that names two states, or is the key of one, names none. */
export function withClearAliases(entries: readonly StateEntry[]): readonly StateEntry[] {
  const uses = new Map<string, number>();
  for (const { key, aliases } of entries)
    for (const name of [key, ...aliases]) uses.set(name, (uses.get(name) ?? 0) + 1);
  return entries.map((entry) =>
    entry.aliases.every((alias) => uses.get(alias) === 1)
      ? entry
      : { ...entry, aliases: entry.aliases.filter((alias) => uses.get(alias) === 1) },
  );
}
