/**
 * Writing the persistence.yaml that is open, which is no state of its source. What it was is kept with Statescope's own data, and
 * can be put back.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { replaceFile } from '../files/replace-file.ts';
import type { Conflict, Expected, Missing, TrashEntry, TrashId } from '../persistence/backend.ts';
import { PersistenceSource } from '../sources/persistence-yaml.ts';
import type { Source } from '../sources/source.ts';
import { SafetyFolder } from './safety-folder.ts';
import { conflictWith, isExpected, textRevision, type WriteContext, type Written } from './state-writer.ts';

export class PersistenceFile {
  readonly #location: string;
  readonly #safety: SafetyFolder;

  private constructor(location: string, safety: SafetyFolder) {
    this.#location = location;
    this.#safety = safety;
  }

  /** Null for a source that is no persistence.yaml. */
  static of(source: Source, { safetyFolder }: WriteContext): PersistenceFile | null {
    if (!(source instanceof PersistenceSource)) return null;
    return new PersistenceFile(source.location, new SafetyFolder(safetyFolder, source.location));
  }

  /** As the trash names it. */
  get name(): string {
    return basename(this.#location);
  }

  /** @throws SourceError `disk-full`, `read-only`. */
  async replace(text: Uint8Array, expected: Expected): Promise<Written | Conflict> {
    const before = await readFile(this.#location);
    if (!isExpected(expected, before)) return conflictWith(before);
    const trash = await this.#safety.put(this.name, 'overwritten', { kind: 'file', location: '.' }, before);
    await replaceFile(this.#location, text);
    return { status: 'written', revision: textRevision(text), trash };
  }

  /** The latest first. */
  trash(): Promise<readonly TrashEntry[]> {
    return this.#safety.list();
  }

  /** Whether it is a text of this file. */
  async has(id: TrashId): Promise<boolean> {
    return (await this.#safety.read(id)) !== null;
  }

  /** What is there now is kept, too. */
  async restore(id: TrashId, expected: Expected): Promise<Written | Conflict | Missing> {
    const kept = await this.#safety.read(id);
    return kept === null ? { status: 'missing' } : this.replace(kept.content, expected);
  }
}
