/** A folder of the design's layout has a place of its own for copies of what is replaced: `backups/`, which the command line reads, too. */
import { join } from 'node:path';
import type { TrashEntry, TrashId } from '../persistence/backend.ts';
import { encodeCategory, encodeName } from '../persistence/file-names.ts';
import { FileTrash } from '../persistence/file-trash.ts';
import { parseKey } from '../persistence/key.ts';
import { BACKUPS_FOLDER } from '../sources/categories.ts';
import type { Kept, Place, Safety } from './safety-folder.ts';

const ENDING = /(?:\.json)?(?:\.gz)?$/;

export class StoreTrash implements Safety {
  readonly #trash: FileTrash;
  readonly #baseLocation: string;
  /** For files that lie beside the categories. */
  readonly #others: Safety;

  /** @param folder of the source. @param baseLocation of the layout in it, with a `/` behind it; empty for the folder itself. */
  constructor(folder: string, baseLocation: string, others: Safety) {
    this.#trash = new FileTrash(join(folder, ...baseLocation.split('/'), BACKUPS_FOLDER));
    this.#baseLocation = baseLocation;
    this.#others = others;
  }

  async put(key: string, reason: 'deleted' | 'overwritten', place: Place, content: Uint8Array): Promise<TrashId> {
    const folder = `${this.#baseLocation}${encodeCategory(parseKey(key).category)}/`;
    if (place.kind !== 'file' || !place.location.startsWith(folder)) {
      return this.#others.put(key, reason, place, content);
    }
    return this.#trash.put(key, content, reason, { ending: ENDING.exec(place.location)?.[0] ?? '' });
  }

  async list(): Promise<readonly TrashEntry[]> {
    const all = [...(await this.#trash.list()), ...(await this.#others.list())];
    return all.toSorted((a, b) => (a.trashedAt < b.trashedAt ? 1 : -1));
  }

  async read(id: TrashId): Promise<Kept | null> {
    const found = await this.#trash.read(id);
    if (found === null) return this.#others.read(id);
    const { key } = found.entry;
    const { category, id: stateId } = parseKey(key);
    const location = `${this.#baseLocation}${encodeCategory(category)}/${encodeName(stateId)}${found.ending}`;
    return { key, place: { kind: 'file', location }, content: found.bytes };
  }
}
