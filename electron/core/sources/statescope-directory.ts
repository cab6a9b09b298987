/**
 * The design's folders: `base/{agents,sessions,conversations,…}/ID.json` or `.json.gz`, an envelope in each file, and
 * copies under `base/backups/`, which is no category.
 */
import { BACKUPS_FOLDER, isNamedCategory, kindOfCategory } from './categories.ts';
import type { FoundState } from './folder-findings.ts';
import { problem } from './problems.ts';
import { isoTime } from './state-facts.ts';

/** Whether the files of a folder are kept in this layout: envelopes in subfolders, and nothing else outnumbers them. */
export function isStatescopeDirectory(states: readonly FoundState[]): boolean {
  const inFolders = states.filter(({ name }) => category(name.id) !== null);
  const envelopes = inFolders.filter(({ shape }) => shape === 'envelope').length;
  const others = states.filter(({ shape }) => shape === 'json-session' || shape === 'agent-state').length;
  return envelopes > 0 && envelopes >= others;
}

/** Copies of states, to be passed over before it is known what the folder is. */
export function isDesignBackup(location: string, topFolders: ReadonlySet<string>): boolean {
  return location.startsWith(`${BACKUPS_FOLDER}/`) && [...topFolders].some(isNamedCategory);
}

/** Gives a state the key of its category and its envelope's time. A file beside the categories keeps its own key. */
export function placeInCategory(state: FoundState): FoundState {
  const folder = category(state.name.id);
  if (folder === null) return state;
  const { draft, shape, name } = state;
  const { metadata } = draft;
  const timestamp = metadata.fields.find((field) => field.name === '__timestamp__')?.value;
  const placed = {
    ...draft,
    kind: kindOfCategory(folder),
    id: name.id.slice(folder.length + 1),
    otherIds: [name.id, name.full],
    aliases: [],
    metadata: { ...metadata, updatedAt: isoTime(timestamp ?? '') ?? metadata.updatedAt },
  };
  const problems = shape === 'envelope' ? state.problems : [...state.problems, noEnvelope(draft.location)];
  return { ...state, draft: placed, problems };
}

function noEnvelope(location: string) {
  const message =
    'The file lies among states but has no envelope (`__type__` and `state_data`): its type and version are not known.';
  return problem({ location, code: 'unexpected-value', message, severity: 'warning' });
}

/** The folder directly below the base; null for a file that lies beside the categories. */
function category(id: string): string | null {
  const slash = id.indexOf('/');
  return slash < 0 ? null : id.slice(0, slash);
}
