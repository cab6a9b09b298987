/**
 * The design's folders: `base/{agents,sessions,conversations,…}/ID.json` or `.json.gz`, an envelope in each file, and
 * copies under `base/backups/`, which is no category. The base may lie below the folder that is opened.
 */
import { decodeCategory, decodeName } from '../persistence/file-names.ts';
import { isTrashPath } from '../persistence/file-trash.ts';
import { BACKUPS_FOLDER, isNamedCategory, kindOfCategory } from './categories.ts';
import type { FoundState } from './folder-findings.ts';
import { problem } from './problems.ts';
import { isoTime } from './state-facts.ts';

export interface Layout {
  /** Readable paths of the base folders, each with its closing `/`; empty for the folder that is opened. */
  readonly bases: readonly string[];
}

/** The layout in which most of the states of a folder are kept, or null for none. */
export function layoutOf(states: readonly FoundState[]): Layout | null {
  const envelopes = states.filter(({ shape, name }) => shape === 'envelope' && name.id.includes('/'));
  const others = states.filter(({ shape }) => shape === 'json-session' || shape === 'agent-state');
  if (envelopes.length === 0 || envelopes.length < others.length) return null;
  const bases = basesOf(envelopes.map(({ name }) => name.id));
  // Without one of the categories that the design names, any folder of envelopes is a category.
  return { bases: bases.size > 0 ? [...bases].toSorted((a, b) => b.length - a.length) : [''] };
}

/**
 * Files under `backups/` beside a named category, and our own copies beside any: states that were overwritten or deleted, to be
 * passed over before the layout is known.
 */
export function designBackups(locations: readonly string[]): ReadonlySet<string> {
  const folders = [...basesOf(locations)].map((base) => `${base}${BACKUPS_FOLDER}/`);
  return new Set(
    locations.filter((location) => isOurCopy(location) || folders.some((folder) => location.startsWith(folder))),
  );
}

/** Gives a state the key of its category and its envelope's time. A file beside the categories keeps its own key. */
export function placeInCategory(state: FoundState, layout: Layout): FoundState {
  const { draft, shape, name } = state;
  const [base, category] = categoryOf(name.id, layout);
  if (category === null) return state;
  const { metadata } = draft;
  const timestamp = metadata.fields.find((field) => field.name === '__timestamp__')?.value;
  const placed = {
    ...draft,
    kind: kindOfCategory(decodeCategory(category)),
    id: decodeName(name.id.slice(base.length + category.length + 1)),
    otherIds: [name.id, name.full],
    aliases: [],
    metadata: { ...metadata, updatedAt: isoTime(timestamp ?? '') ?? metadata.updatedAt },
  };
  const problems = shape === 'envelope' ? state.problems : [...state.problems, noEnvelope(draft.location)];
  return { ...state, draft: placed, problems };
}

function isOurCopy(location: string): boolean {
  const [, path] = /(?:^|\/)backups\/(.*)$/s.exec(location) ?? [];
  return path !== undefined && isTrashPath(path);
}

/** What stands before `agents/`, `sessions/` or `conversations/`. */
function basesOf(locations: readonly string[]): ReadonlySet<string> {
  const bases = new Set<string>();
  for (const location of locations) {
    const parts = location.split('/').slice(0, -1);
    const category = parts.findIndex(isNamedCategory);
    if (category >= 0)
      bases.add(
        parts
          .slice(0, category)
          .map((part) => `${part}/`)
          .join(''),
      );
  }
  return bases;
}

/** The base of a file and the folder directly below it; null for a file that lies in no such folder. */
function categoryOf(id: string, { bases }: Layout): readonly [string, string | null] {
  const base = bases.find((folder) => id.startsWith(folder));
  if (base === undefined) return ['', null];
  const slash = id.indexOf('/', base.length);
  return [base, slash < 0 ? null : id.slice(base.length, slash)];
}

function noEnvelope(location: string) {
  const message =
    'The file lies among states but has no envelope (`__type__` and `state_data`): its type and version are not known.';
  return problem({ location, code: 'unexpected-value', message, severity: 'warning' });
}
