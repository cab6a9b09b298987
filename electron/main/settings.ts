import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { RecentSource } from '../../shared/ipc/model.ts';

const RECENTS_KEPT = 12;

const settingsSchema = z.object({
  theme: z.enum(['light', 'dark', 'system']).default('system'),
  locale: z.enum(['en', 'zh-CN', 'system']).default('system'),
  recents: z.array(z.object({ location: z.string(), openedAt: z.string() })).default([]),
  /** Of sources, by location; encrypted by the system's key store. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** What to open again at the next start; null after the person closed it, undefined before the first run. */
  lastOpen: z.string().nullable().optional(),
  window: z
    .object({ x: z.int(), y: z.int(), width: z.int(), height: z.int(), maximized: z.boolean() })
    .nullable()
    .default(null),
});
export type Settings = z.infer<typeof settingsSchema>;

/** The person's settings, in one small JSON file. Written at once and atomically; an unreadable file is kept aside. */
export class SettingsFile {
  readonly #file: string;
  #settings: Settings;

  constructor(file: string) {
    this.#file = file;
    this.#settings = this.#load();
  }

  get current(): Readonly<Settings> {
    return this.#settings;
  }

  update(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    mkdirSync(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(this.#settings, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, this.#file);
  }

  recents(): RecentSource[] {
    return this.#settings.recents.map((recent) => ({
      ...recent,
      missing: isPath(recent.location) && !existsSync(recent.location),
    }));
  }

  remember(location: string, openedAt: string): void {
    const others = this.#settings.recents.filter((recent) => recent.location !== location);
    this.update({ recents: [{ location, openedAt }, ...others].slice(0, RECENTS_KEPT), lastOpen: location });
  }

  forget(location: string): void {
    this.update({ recents: this.#settings.recents.filter((recent) => recent.location !== location) });
  }

  #load(): Settings {
    if (!existsSync(this.#file)) return settingsSchema.parse({});
    try {
      return settingsSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (error) {
      console.error(
        `settings cannot be read, starting with defaults; the file is kept as ${this.#file}.broken:`,
        error,
      );
      renameSync(this.#file, `${this.#file}.broken`);
      return settingsSchema.parse({});
    }
  }
}

function isPath(location: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:\/\//i.test(location);
}
