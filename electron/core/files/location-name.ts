import { createHash } from 'node:crypto';

/**
 * Names what is kept about one source among what is kept about all of them: journals, snapshots, safety copies, backups. Never
 * another one for the same location, or what was kept is not found any more.
 * @param source absolute path or URL without a password.
 */
export function locationName(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 24);
}
