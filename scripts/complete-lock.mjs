/**
 * node scripts/complete-lock.mjs
 *
 * Tools that are programs (biome, oxlint) come as one package per system, listed as optional dependencies. When the
 * registry behind `npm install` lacks those of other systems, as a mirror may, npm leaves them out of package-lock.json
 * without a word, and from then on `npm ci` refuses the lock everywhere. This adds them: their versions are exact in the
 * package that lists them, and their systems are in their names. They carry no hash; npm adds it where they are installed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeLock } from './lock-completion.mjs';
import { say } from './setup/progress.mjs';
import { ROOT } from './setup/project.mjs';
import { runMain } from './setup/setup-error.mjs';

await runMain(async () => {
  const file = join(ROOT, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = completeLock(lock.packages);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  say(
    added.length === 0
      ? 'package-lock.json names every optional package'
      : `added to package-lock.json: ${added.join(', ')}`,
  );
  return 0;
});
