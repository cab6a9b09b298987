import { join } from 'node:path';
import { locationName } from '../files/location-name.ts';

const LONGEST_NAME = 60;

/**
 * Where the backups of a source are put when nobody says otherwise: `<parent>/backups/<name>-<hash>`. The name is for people
 * who look into the folder, the hash keeps sources of one name apart.
 * @param parent Statescope's own folder. @param source absolute path or URL without a password.
 */
export function backupFolder(parent: string, source: string): string {
  return join(parent, 'backups', `${plainName(source)}-${locationName(source)}`);
}

/** What a backup's file ends with. An encrypted one is no JSON text: only this program opens it. */
export function backupEnding({ gzip, encrypted }: { readonly gzip: boolean; readonly encrypted: boolean }): string {
  if (encrypted) return '.statescope';
  return gzip ? '.json.gz' : '.json';
}

/** The last part of a location in letters that every file system takes. */
export function plainName(source: string): string {
  const last = source.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  const plain = last
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, LONGEST_NAME);
  return plain === '' ? 'source' : plain;
}
