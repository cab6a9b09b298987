/** What a folder says about how its states are kept, for those who open it by its path alone. */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../files/replace-file.ts';
import { isNamedCategory } from '../sources/categories.ts';
import { errorCode } from '../sources/problems.ts';

/** The store's own folder; see filesystem-backend.ts. */
const OWN_FOLDER = '.statescope';
/** There as soon as a store is encrypted; see store-vault.ts. */
const KEY_FILE = 'store.json';
const SETTINGS_FILE = 'settings.json';

const settingsSchema = z.object({ compression: z.boolean() });
export type StoreSettings = z.infer<typeof settingsSchema>;

/** Whoever opens the store by its path writes as it was made. A persistence.yaml says so itself. */
export async function rememberSettings(basePath: string, settings: StoreSettings): Promise<void> {
  const folder = join(basePath, OWN_FOLDER);
  await mkdir(folder, { recursive: true });
  await replaceFile(join(folder, SETTINGS_FILE), Buffer.from(`${JSON.stringify(settings)}\n`));
}

export async function isEncryptedStore(basePath: string): Promise<boolean> {
  return (await orNull(stat(join(basePath, OWN_FOLDER, KEY_FILE)))) !== null;
}

/** As it was made; where that is not known, as the states that are there: all of them packed, or not. */
export async function isCompressedStore(basePath: string): Promise<boolean> {
  const text = await orNull(readFile(join(basePath, OWN_FOLDER, SETTINGS_FILE), 'utf8'));
  const settings = text === null ? null : parseSettings(text);
  if (settings !== null) return settings.compression;
  let packed = 0;
  for (const folder of (await orNull(readdir(basePath))) ?? []) {
    if (!isNamedCategory(folder)) continue;
    for (const name of (await orNull(readdir(join(basePath, folder)))) ?? []) {
      if (name.endsWith('.json')) return false;
      if (name.endsWith('.json.gz')) packed++;
    }
  }
  return packed > 0;
}

/** Null for what somebody has changed by hand. */
function parseSettings(text: string): StoreSettings | null {
  try {
    return settingsSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
    throw error;
  }
}
