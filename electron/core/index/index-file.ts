/** An index as bytes and back: a header in JSON, the scanner's own memory, then the columns and names of the lists. */
import { createHash } from 'node:crypto';
import { GrowingList, type SavedList } from './entry-list.ts';
import { IndexDraft } from './index-draft.ts';
import type { DuplicateKey, IndexFault, IndexRoot, OffsetIndex } from './model.ts';
import { SCANNER_WASM } from './scanner-wasm.ts';

/** To be raised with every change of what is written, or of what it means. */
const FORMAT = 1;
const LENGTH_BYTES = 4;

type SavedHead = Omit<SavedList, 'columns' | 'keys'>;

interface Header {
  readonly format: number;
  /** The scan that was stopped can only be gone on with by the same scanner. */
  readonly scanner: string;
  readonly root: IndexRoot | null;
  readonly fault: IndexFault | null;
  readonly duplicates: readonly DuplicateKey[];
  readonly size: number | null;
  readonly complete: boolean;
  readonly sha256: string | null;
  readonly scanBytes: number;
  readonly seekTableBytes: number | null;
  readonly top: SavedHead;
  readonly states: SavedHead | null;
}

export interface KeptIndex {
  readonly index: OffsetIndex;
  /** What `GzipAccess.seekTable` gave; null for a plain file. */
  readonly seekTable: Uint8Array | null;
}

const SCANNER = createHash('sha256').update(SCANNER_WASM).digest('hex').slice(0, 16);

/** @throws RangeError for an index that `buildIndex` did not make. */
export function writeIndex(index: OffsetIndex, seekTable: Uint8Array | null): Buffer {
  if (!(index instanceof IndexDraft)) throw new RangeError('only what buildIndex made can be kept');
  const scan = index.saveScan();
  const lists = [index.top, index.states].map((list) => list?.save() ?? null);
  const heads = lists.map((list) => (list === null ? null : headOf(list)));
  const { root, fault, duplicates, size, complete, sha256 } = index;
  const header = {
    format: FORMAT,
    scanner: SCANNER,
    root,
    fault,
    duplicates,
    size,
    complete,
    sha256,
    scanBytes: scan.length,
    seekTableBytes: seekTable?.length ?? null,
    top: heads[0],
    states: heads[1],
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  const columns = lists.flatMap((list) => (list === null ? [] : [...list.columns, ...list.keys]));
  return Buffer.concat([length, text, scan, seekTable ?? new Uint8Array(), ...columns]);
}

/** `bytes` as they were written, which a checksum has to have shown. Null when another version of the program wrote them. */
export function readIndex(bytes: Buffer): KeptIndex | null {
  let at = 0;
  const read = (length: number) => bytes.subarray(at, (at += length));
  const header = JSON.parse(read(read(LENGTH_BYTES).readUInt32LE()).toString()) as Header;
  if (header.format !== FORMAT || header.scanner !== SCANNER) return null;
  const scan = read(header.scanBytes);
  const seekTable = header.seekTableBytes === null ? null : Uint8Array.from(read(header.seekTableBytes));
  const top = GrowingList.restore(header.top, read);
  const states = header.states === null ? null : GrowingList.restore(header.states, read);
  return { index: IndexDraft.restore(scan, top, states, header), seekTable };
}

function headOf({ level, kind, count, stride, recorded, keyBytes }: SavedList): SavedHead {
  return { level, kind, count, stride, recorded, keyBytes };
}
