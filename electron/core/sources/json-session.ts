/** AgentScope 1.x JSONSession: one file a session; its top-level names are the modules that the caller chose. */
import { addWholeFile, type FileCatalog, type FileName, type ReadableJson } from './whole-file.ts';

/** The file's stem is kept whole: the `_` of `{user}_{session}.json` may belong to either. */
export function readJsonSession(catalog: FileCatalog, loaded: ReadableJson, name: FileName): void {
  addWholeFile(catalog, loaded, name, { kind: 'session', label: 'JSONSession' });
}
