import { SourceError } from '../sources/source-error.ts';

export function snapshotMissing(id: string, location: string): SourceError {
  const message = `There is no snapshot ${id} of ${location}, or not any more. List its snapshots to see their ids.`;
  return new SourceError('snapshot-missing', message, { location, key: id });
}
