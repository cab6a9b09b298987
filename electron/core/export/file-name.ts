import { plainName } from '../backup/backup-folder.ts';

/** Names that Windows keeps for its devices, whatever ending follows them. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** A file's name for a state, which every system takes: `session:a/b` becomes `session-a-b.json`. */
export function stateFileName(key: string, ending = 'json'): string {
  const name = plainName(key.replaceAll(/[\\/]/g, '-'));
  return `${name.replace(DEVICE, '$&_')}.${ending}`;
}
