/** Any other JSON, as a plain tree. An envelope outside of the design's folders keeps its type. */
import { addWholeFile, type FileCatalog, type FileName, type ReadableJson } from './whole-file.ts';

export function readPlainJson(catalog: FileCatalog, loaded: ReadableJson, name: FileName): void {
  addWholeFile(catalog, loaded, name, { kind: 'file', label: null });
}
