/** Packs the texts of states and unpacks them within bounds, and tells how much that saved. */
import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';
import { unpackedAtMost } from '../files/gunzip.ts';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';

export const COMPRESSION_ALGORITHMS = ['gzip', 'zlib', 'none'] as const;
export type CompressionAlgorithm = (typeof COMPRESSION_ALGORITHMS)[number];

export interface CompressionFigures {
  readonly algorithm: CompressionAlgorithm;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** bytesOut / bytesIn: 0.2 is a fifth. */
  readonly ratio: number;
}

const PACK = { gzip: promisify(gzip), zlib: promisify(deflate) } as const;
const UNPACK = { gzip: promisify(gunzip), zlib: promisify(inflate) } as const;

export class StateCompressor {
  readonly algorithm: CompressionAlgorithm;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(algorithm: CompressionAlgorithm) {
    this.algorithm = algorithm;
  }

  /** In a thread of Node's own. `none` gives the text itself. */
  async compress(text: Uint8Array): Promise<Uint8Array> {
    const { algorithm } = this;
    const packed = algorithm === 'none' ? text : await PACK[algorithm](text);
    this.#bytesIn += text.length;
    this.#bytesOut += packed.length;
    return packed;
  }

  /**
   * What `compress` made, as it was.
   * @param location where it was found, for the message
   * @param atMost bytes that may come out, where that is known; else what files/gunzip.ts allows for as many packed ones
   * @throws SourceError `gzip-invalid` for what is broken or cut off, `gzip-too-large`.
   */
  async decompress(
    packed: Uint8Array,
    location: string,
    atMost: number = unpackedAtMost(packed.length),
  ): Promise<Uint8Array> {
    const { algorithm } = this;
    if (algorithm === 'none') return packed;
    try {
      return await UNPACK[algorithm](packed, { maxOutputLength: Math.max(1, atMost) });
    } catch (error) {
      throw unpackError(error, location, algorithm, atMost);
    }
  }

  /** Null where nothing was compressed. */
  figures(): CompressionFigures | null {
    const [bytesIn, bytesOut] = [this.#bytesIn, this.#bytesOut];
    return bytesIn === 0 ? null : { algorithm: this.algorithm, bytesIn, bytesOut, ratio: bytesOut / bytesIn };
  }
}

function unpackError(error: unknown, location: string, algorithm: CompressionAlgorithm, atMost: number): SourceError {
  if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') {
    const message = `${location} unpacks to more than ${atMost} bytes. Look at where it comes from: it may have been made to fill the memory.`;
    return new SourceError('gzip-too-large', message, { location, reason: `> ${atMost}` }, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  const message = `${location} cannot be unpacked with ${algorithm} (${reason}). Read it again from where it is stored.`;
  return new SourceError('gzip-invalid', message, { location, reason }, { cause: error });
}
