/** A state that is a file of its own. */

import type { Problem, StateMetadata } from '../../../shared/ipc/model.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import type { StateDraft } from './catalog.ts';
import type { FileSlice, LoadedJson } from './json-file.ts';
import { factsOf } from './state-facts.ts';

/** A file of which at least a part could be read. */
export interface ReadableJson extends LoadedJson {
  readonly document: JsonDocument;
}

/** How a file's name enters into keys. */
export interface FileName {
  /** Relative path without extension, with `/`. */
  readonly id: string;
  /** With extension, for when two files have the same id. */
  readonly full: string;
}

/** Where readers list what they find: a catalog, or what collects the states of a folder before their keys are known. */
export interface FileCatalog {
  readonly problems: Problem[];
  /** Returns the key. */
  add(draft: StateDraft<FileSlice>, problems?: readonly Problem[]): string;
}

/** What one format says about a file, where it is not what the data says of itself. */
export interface WholeFile {
  readonly kind: string;
  /** The file's name when it is absent. */
  readonly id?: string;
  readonly aliases?: readonly string[];
  /** The label where the data names no type. */
  readonly label: string | null;
  readonly createdAt?: string | null;
  /** The file's time when it is absent. */
  readonly updatedAt?: string | null;
  /** Beside what the data says. */
  readonly fields?: StateMetadata['fields'];
}

const JSON_ENDING = /(\.json)?(\.gz)?$/i;

/** `location`: the path relative to the folder, or the name of a file that is opened by itself. */
export function fileName(location: string): FileName {
  const folder = location.slice(0, location.lastIndexOf('/') + 1);
  const name = location.slice(folder.length);
  const bare = name.replace(JSON_ENDING, '');
  const dot = bare.lastIndexOf('.');
  // `v1.2.json` is `v1.2`, while `state.db` that holds JSON is `state`.
  const stem = bare === name && dot > 0 ? bare.slice(0, dot) : bare;
  return { id: folder + (stem === '' ? name : stem), full: location };
}

export function addWholeFile(catalog: FileCatalog, loaded: ReadableJson, name: FileName, about: WholeFile): string {
  const { file, document } = loaded;
  const facts = factsOf(document, 0);
  const start = document.start(0);
  const end = document.end(0);
  const draft: StateDraft<FileSlice> = {
    kind: about.kind,
    id: about.id ?? name.id,
    otherIds: [name.id, name.full],
    status: facts.status,
    bytes: end - start,
    location: file.location,
    ...(about.aliases && { aliases: about.aliases }),
    metadata: {
      file: file.display,
      table: null,
      createdAt: about.createdAt ?? null,
      updatedAt: about.updatedAt ?? file.modifiedAt,
      type: facts.type ?? about.label,
      version: facts.version,
      fields: [...facts.fields, ...(about.fields ?? [])],
    },
    content: { file, whole: true, start, end },
  };
  return catalog.add(draft, loaded.problems);
}
