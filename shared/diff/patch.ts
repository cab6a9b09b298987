/**
 * A diff as an RFC 6902 patch (JSON Patch), piece by piece. Values are written as they stand in the documents, so that
 * 12345678901234567890 and 553.0 keep their text; Python's NaN stays one, which only readers like Python's take.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { quoteJson } from '../json/json-string.ts';
import { type JsonPath, pathOf, toJsonPointer } from '../json/path.ts';
import { formatJsonChunks } from '../json/print.ts';
import type { DiffResult } from './diff.ts';
import { type PatchStep, patchSteps, reversedSteps } from './patch-steps.ts';

export interface PatchOptions {
  /** The value after that was compared: pointers begin there. Default: the root. */
  readonly afterNode?: NodeId;
  /** What the pointers begin with, for a patch of a document that holds several such values. */
  readonly prefix?: JsonPath;
}

/**
 * A patch that makes the value after out of the value before: an array of operations, one a line.
 * @throws RangeError for a diff that does not hold all of its operations, and for a value that is cut off.
 */
export function* toJsonPatch(
  before: JsonDocument,
  after: JsonDocument,
  diff: DiffResult,
  options: PatchOptions = {},
): Generator<string> {
  yield* inBrackets(patchItems(before, after, diff, options));
}

/** The opposite patch out of the same diff: it makes the value before out of the value after. @throws RangeError as `toJsonPatch`. */
export function* reversePatch(
  before: JsonDocument,
  after: JsonDocument,
  diff: DiffResult,
  options: PatchOptions = {},
): Generator<string> {
  const steps = reversedSteps(patchSteps(before, after, diff));
  yield* inBrackets(new PatchPrinter(after, options, before).print(steps));
}

/** The operations only, with commas between them, to be put together with others. @throws RangeError as `toJsonPatch`. */
export function patchItems(
  before: JsonDocument,
  after: JsonDocument,
  diff: DiffResult,
  options: PatchOptions = {},
): Generator<string> {
  return new PatchPrinter(after, options, after).print(patchSteps(before, after, diff));
}

function* inBrackets(items: Iterable<string>): Generator<string> {
  let isEmpty = true;
  for (const piece of items) {
    yield isEmpty ? `[\n${piece}` : piece;
    isEmpty = false;
  }
  yield isEmpty ? '[]\n' : '\n]\n';
}

class PatchPrinter {
  readonly #places: JsonDocument;
  readonly #base: number;
  readonly #prefix: string;
  readonly #values: JsonDocument;
  #container: NodeId | null = null;
  #pointer = '';

  constructor(places: JsonDocument, { afterNode = 0, prefix = [] }: PatchOptions, values: JsonDocument) {
    this.#places = places;
    this.#base = places.depth(afterNode);
    this.#prefix = toJsonPointer(prefix);
    this.#values = values;
  }

  *print(steps: readonly PatchStep[]): Generator<string> {
    let lead = '';
    for (const step of steps) {
      const path = this.#pointerTo(step, step.segment);
      const from = step.from === null ? '' : `,"from":${quoteJson(this.#pointerTo(step, step.from))}`;
      yield `${lead}{"op":"${step.op}"${from},"path":${quoteJson(path)}`;
      if (step.value !== null) {
        if (this.#values.isIncomplete(step.value)) throw new RangeError(`the value at ${path} is cut off`);
        yield ',"value":';
        yield* formatJsonChunks(this.#values, step.value, { indent: 0 });
      }
      yield '}';
      lead = ',\n';
    }
  }

  #pointerTo({ container }: PatchStep, segment: string | number): string {
    if (container === null) return this.#prefix;
    if (container !== this.#container) {
      this.#container = container;
      this.#pointer = toJsonPointer(pathOf(this.#places, container).slice(this.#base));
    }
    return this.#prefix + this.#pointer + toJsonPointer([segment]);
  }
}
