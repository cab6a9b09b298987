import { describeDiff } from '../../shared/diff/describe.ts';
import { type DiffResult, diffDocuments } from '../../shared/diff/diff.ts';
import { diffToJson } from '../../shared/diff/export-json.ts';
import { diffToText } from '../../shared/diff/export-text.ts';
import { patchItems } from '../../shared/diff/patch.ts';
import type { JsonDocument } from '../../shared/json/document.ts';
import { quoteJson } from '../../shared/json/json-string.ts';
import { parseJson } from '../../shared/json/parse.ts';
import { toJsonPointer } from '../../shared/json/path.ts';
import { formatJsonChunks } from '../../shared/json/print.ts';
import type { OpenOptions, StateEntry } from '../core/sources/source.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import { namedMoment, type OpenedMoment, openNamed } from './open-moment.ts';
import { EXIT, type Output } from './output.ts';

export type DiffFormat = 'text' | 'json' | 'json-patch';

export interface DiffCommandOptions extends OpenOptions {
  readonly key: string | null;
  readonly format: DiffFormat;
  /** The first source as of this change of its history. */
  readonly at: number | null;
}

/** Then the rest of a state is told coarsely. */
const MOST_MS = 60_000;
const MOST_PENDING = 1 << 16;

/** `diff A B`: what differs between two sources. 0 for the same, 1 for different ones, 2 where they cannot be compared. */
export async function diff(
  output: Output,
  first: string,
  second: string | null,
  options: DiffCommandOptions,
): Promise<void> {
  const sides: OpenedMoment[] = [];
  try {
    const before = await namedMoment(first);
    if (second === null && options.at === null && before.moment === null) {
      output.error(`statescope: ${output.translate('cli.diffSecond')}\n`);
      output.exitCode = EXIT.unusable;
      return;
    }
    const after = second === null ? { location: before.location, moment: null } : await namedMoment(second);
    const named = [options.at === null ? before : { ...before, moment: String(options.at) }, after];
    for (const side of named) sides.push(await openNamed(output, side, options));
    const [a, b] = sides;
    if (a === undefined || b === undefined) return;
    for (const { source } of sides) output.problems(source.problems);
    const pairs = pairsOf(a, b, options.key);
    const isSingle = pairs.length === 1 && pairs.every((pair) => pair.before !== null && pair.after !== null);
    const isDifferent = await new DiffCommand(output, a, b, { options, isSingle }).tell(pairs);
    if (isDifferent) output.exitCode = EXIT.different;
  } catch (error) {
    // Here, 1 means that they differ.
    if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
    output.error(`statescope: ${output.failure(error)}\n`);
    output.exitCode = EXIT.unusable;
  } finally {
    for (const side of sides) await side.close();
  }
}

interface Pair {
  readonly before: StateEntry | null;
  readonly after: StateEntry | null;
}

/** With a key, or where each side holds one state, these two; otherwise all, by their keys. */
function pairsOf(a: OpenedMoment, b: OpenedMoment, key: string | null): Pair[] {
  if (key !== null) return [{ before: entryOf(a, key), after: entryOf(b, key) }];
  const [entriesA, entriesB] = [a.source.entries, b.source.entries];
  const [before, after] = [entriesA[0], entriesB[0]];
  if (entriesA.length === 1 && entriesB.length === 1 && before !== undefined && after !== undefined)
    return [{ before, after }];
  const others = new Map(entriesB.map((entry) => [entry.key, entry]));
  const known = new Set(entriesA.map((entry) => entry.key));
  return [
    ...entriesA.map((entry) => ({ before: entry, after: others.get(entry.key) ?? null })),
    ...entriesB.filter((entry) => !known.has(entry.key)).map((entry) => ({ before: null, after: entry })),
  ];
}

/** The only state of a source goes by any key. @throws SourceError `not-found`. */
function entryOf({ source }: OpenedMoment, key: string): StateEntry {
  const [only, ...others] = source.entries;
  if (only !== undefined && others.length === 0) return only;
  return new Workspace(source).entry(key);
}

/** One state on both sides. */
interface Compared {
  readonly key: string;
  readonly before: JsonDocument;
  readonly after: JsonDocument;
  readonly result: DiffResult;
}

class DiffCommand {
  readonly #output: Output;
  readonly #before: OpenedMoment;
  readonly #after: OpenedMoment;
  readonly #options: DiffCommandOptions;
  /** In brackets, with commas; otherwise as they come. */
  readonly #isList: boolean;
  #isEmpty = true;
  #pending = '';
  readonly #isSingle: boolean;

  constructor(
    output: Output,
    before: OpenedMoment,
    after: OpenedMoment,
    { options, isSingle }: { readonly options: DiffCommandOptions; readonly isSingle: boolean },
  ) {
    this.#output = output;
    this.#before = before;
    this.#after = after;
    this.#options = options;
    this.#isSingle = isSingle;
    this.#isList = options.format === 'json-patch' || (options.format === 'json' && !isSingle);
  }

  /** Whether anything differs. */
  async tell(pairs: readonly Pair[]): Promise<boolean> {
    if (this.#isList) this.#write('[');
    let isDifferent = false;
    for (const pair of pairs) {
      this.#options.signal?.throwIfAborted();
      if (await this.#tellPair(pair)) isDifferent = true;
    }
    if (this.#isList) this.#write(this.#isEmpty ? ']\n' : '\n]\n');
    else if (this.#options.format === 'json') this.#write('\n');
    this.#flush();
    return isDifferent;
  }

  async #tellPair({ before, after }: Pair): Promise<boolean> {
    if (before === null || after === null) {
      await this.#tellOnly(before, after);
      return true;
    }
    const [bytesA, bytesB] = [await this.#read(this.#before, before), await this.#read(this.#after, after)];
    const isSame = Buffer.compare(bytesA, bytesB) === 0;
    if (isSame && !(this.#isSingle && this.#options.format === 'json')) return false;
    const a = this.#parsed(bytesA, this.#before, before);
    const b = isSame ? a : this.#parsed(bytesB, this.#after, after);
    const end = performance.now() + MOST_MS;
    const result = diffDocuments(a, b, { shouldStop: () => performance.now() > end });
    const compared = { key: after.key, before: a, after: b, result };
    if (result.coarse) this.#say('cli.diffCoarse', { key: after.key });
    if (!result.equal || this.#isSingle) this.#tellCompared(compared, before.key);
    return !result.equal;
  }

  #tellCompared({ key, before, after, result }: Compared, keyBefore: string): void {
    const [titleA, titleB] = [`${this.#before.title}  ${keyBefore}`, `${this.#after.title}  ${key}`];
    const { format } = this.#options;
    switch (format) {
      case 'text': {
        const notes = describeDiff(before, after, result);
        const noteText = ({ note, params }: (typeof notes)[number]): string =>
          this.#output.translate(`diffNotes.${note}`, params);
        this.#item(diffToText(before, after, result, notes, { before: titleA, after: titleB, noteText }));
        return;
      }
      case 'json': {
        const heading = { key, status: result.equal ? 'same' : 'changed', before: titleA, after: titleB };
        this.#item(diffToJson(before, after, result, describeDiff(before, after, result), heading));
        return;
      }
      case 'json-patch':
        this.#item(patchItems(before, after, result, this.#isSingle ? {} : { prefix: [key] }));
        return;
      default:
        format satisfies never;
    }
  }

  /** A state that only one side has. In a patch, the document is an object of all states by their keys. */
  async #tellOnly(before: StateEntry | null, after: StateEntry | null): Promise<void> {
    const key = after?.key ?? before?.key ?? '';
    const side = after === null ? this.#before : this.#after;
    const { format } = this.#options;
    switch (format) {
      case 'text': {
        const location = side.title;
        this.#item([`${this.#output.translate('cli.diffOnlyIn', { location, key })}\n`]);
        return;
      }
      case 'json':
        this.#item([JSON.stringify({ key, status: after === null ? 'removed' : 'added' })]);
        return;
      case 'json-patch': {
        const path = quoteJson(toJsonPointer([key]));
        if (after === null) this.#item([`{"op":"remove","path":${path}}`]);
        else {
          const document = this.#parsed(await this.#read(side, after), side, after);
          const value = formatJsonChunks(document, 0, { indent: 0 });
          this.#item([`{"op":"add","path":${path},"value":`, ...value, '}']);
        }
        return;
      }
      default:
        format satisfies never;
    }
  }

  async #read(side: OpenedMoment, { key }: StateEntry): Promise<Uint8Array> {
    const { signal } = this.#options;
    const { bytes, problems } = await side.source.read(key, signal === undefined ? {} : { signal });
    this.#output.problems(problems);
    return bytes;
  }

  /** @throws SourceError where nothing can be read, and for a patch what is cut off. */
  #parsed(bytes: Uint8Array, { title }: OpenedMoment, { key }: StateEntry): JsonDocument {
    const { document } = parseJson(bytes);
    const isPatch = this.#options.format === 'json-patch';
    if (document !== null && !(isPatch && document.isIncomplete(0))) return document;
    const reason = `${key} is cut off or no JSON`;
    const message = `${title}: ${reason}, so it cannot be compared in this way. Use --format text to see what differs.`;
    throw new SourceError('unreadable', message, { location: title, key, reason });
  }

  #item(pieces: Iterable<string>): void {
    let isFirst = true;
    for (const piece of pieces) {
      if (isFirst && this.#isList) this.#write(this.#isEmpty ? '\n' : ',\n');
      else if (isFirst && !this.#isEmpty) this.#write('\n');
      isFirst = this.#isEmpty = false;
      this.#write(piece);
    }
  }

  #say(text: string, values: Readonly<Record<string, string>>): void {
    this.#output.error(`statescope: ${this.#output.translate(text, values)}\n`);
  }

  #write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= MOST_PENDING) this.#flush();
  }

  #flush(): void {
    this.#output.write(this.#pending);
    this.#pending = '';
  }
}
