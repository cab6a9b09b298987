import type { Source } from '../sources/source.ts';

/** Under which a state's store is measured: as a persistence.yaml names it; a source that is one store goes by its format. */
export function storeName(source: Source, key: string): string {
  return source.backendOf?.(key) ?? source.format;
}
