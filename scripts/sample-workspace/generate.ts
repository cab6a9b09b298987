/**
 * Writes the sample workspace: `node scripts/sample-workspace/generate.ts [FOLDER]`, by default assets/sample-workspace.
 * Needs Node >= 22.18, which runs TypeScript by stripping its types.
 */
import { fileURLToPath } from 'node:url';
import { generateWorkspace } from './workspace.ts';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../assets/sample-workspace', import.meta.url));
const { keys, files } = generateWorkspace(folder);
process.stdout.write(
  `${keys.length} states: ${files.length} files in store/, ${keys.length - files.length} rows in fleet.db\n`,
);
