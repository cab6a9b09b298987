/** Reads the JSON files of a folder, one after the other, and keeps what is needed to list them. */
import type { Problem } from '../../../shared/ipc/model.ts';
import type { FoundFile } from '../files/walk.ts';
import type { StateDraft } from './catalog.ts';
import type { JsonShape } from './detect.ts';
import { type FileSlice, type LoadedJson, loadJson } from './json-file.ts';
import { readWhole, shapeOf } from './json-readers.ts';
import { problem, toSourceError } from './problems.ts';
import { readRedisDump } from './redis-dump.ts';
import { type FileCatalog, type FileName, fileName, type ReadableJson } from './whole-file.ts';

export interface FoundState {
  readonly shape: JsonShape;
  readonly name: FileName;
  readonly draft: StateDraft<FileSlice>;
  readonly problems: readonly Problem[];
}

export interface FolderReading {
  /** Readable path of the folder, to name its files absolutely. */
  readonly display: (location: string) => string;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (location: string, bytes: number) => void;
}

export class FolderFindings {
  readonly states: FoundState[] = [];
  /** Of files in which no state was found. */
  readonly problems: Problem[] = [];
  /** Bytes on disk of the files that were read. */
  bytes = 0;
  readonly #reading: FolderReading;

  constructor(reading: FolderReading) {
    this.#reading = reading;
  }

  /** Files that stand for the same state, `x.json` and `x.json.gz`: the newest that can be read is listed. */
  async readNewest(files: readonly FoundFile[]): Promise<void> {
    const newestFirst = files.toSorted((a, b) => b.modifiedMs - a.modifiedMs || (a.location < b.location ? -1 : 1));
    let shown: FoundFile | null = null;
    const passed: FoundFile[] = [];
    for (const file of newestFirst) {
      if (shown === null && (await this.#read(file))) shown = file;
      else passed.push(file);
    }
    if (shown === null) return;
    const last = this.states.at(-1);
    if (last === undefined || passed.length === 0) return;
    const duplicates = passed.map((file) => duplicateState(file.location, shown.location));
    this.states[this.states.length - 1] = { ...last, problems: [...last.problems, ...duplicates] };
  }

  /** False when nothing in the file can be shown. */
  async #read(file: FoundFile): Promise<boolean> {
    const { display, signal, onBytes } = this.#reading;
    const { path, location } = file;
    const request = { path, display: display(location), location, keepBelow: 0, signal };
    let loaded: LoadedJson;
    try {
      loaded = await loadJson(request);
    } catch (error) {
      signal?.throwIfAborted();
      this.problems.push(unreadable(location, error));
      return false;
    }
    this.bytes += file.size;
    onBytes(location, file.size);
    const { document } = loaded;
    if (document === null) {
      this.problems.push(...loaded.problems);
      return false;
    }
    this.#list({ ...loaded, document }, fileName(location));
    return true;
  }

  #list(loaded: ReadableJson, name: FileName): void {
    const shape = shapeOf(loaded);
    const collector: FileCatalog = {
      problems: this.problems,
      add: (draft, problems = []) => {
        this.states.push({ shape, name, draft, problems });
        return `${draft.kind}:${draft.id}`;
      },
    };
    // A dump is always taken apart: as one tree it would show the credentials among its keys.
    if (shape === 'redis-dump') readRedisDump(collector, loaded);
    else readWhole(shape, collector, loaded, name);
  }
}

function duplicateState(location: string, shown: string): Problem {
  const message = `${location} and ${shown} stand for the same state; the newer one that can be read, ${shown}, is shown. Remove the other one.`;
  return problem({ location, code: 'duplicate-state', message, severity: 'warning', details: { shown } });
}

function unreadable(location: string, error: unknown): Problem {
  const { code, message, details } = toSourceError(error, location);
  const denied = code === 'permission-denied';
  return problem({ location, code: denied ? 'permission-denied' : 'unreadable', message, details });
}
