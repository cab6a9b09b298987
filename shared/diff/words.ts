/** Which words of a text changed. */
import { alignNumbers } from './aligned-numbers.ts';

export interface WordPiece {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

export interface WordDiff {
  /** `same` and `removed` joined are the text before, `same` and `added` joined the text after. Neighbours differ in kind. */
  readonly pieces: readonly WordPiece[];
  /** Too much differs: some of what is told as removed and added is in both. */
  readonly coarse: boolean;
}

/** Characters of the part that differs that are looked at word by word; of longer ones, line by line. */
const MAX_CHARACTERS = 100_000;

/**
 * Words, what stands between them, and the characters of Chinese, Japanese and Thai by the words of a dictionary. No piece
 * begins or ends within a character, be it made of a surrogate pair or of several code points.
 */
export function diffWords(before: string, after: string): WordDiff {
  if (before === after) return { pieces: before === '' ? [] : [{ kind: 'same', text: before }], coarse: false };
  const head = commonHead(before, after);
  const tail = commonTail(before, after, head);
  const [a, b] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const cut = cutterOf(a, b);
  const [partsA, partsB] = [cut(a), cut(b)];
  const numbers = new Map<string, number>();
  const numbered = (parts: readonly string[]): number[] => parts.map((part) => numberOf(numbers, part));
  const { beforeOf, coarse } = alignNumbers(numbered(partsA), numbered(partsB));
  const pieces = new PieceList();
  pieces.add('same', before.slice(0, head));
  let next = 0;
  for (const [at, part] of partsB.entries()) {
    const partner = beforeOf[at] ?? -1;
    if (partner < 0) {
      pieces.add('added', part);
      continue;
    }
    pieces.add('removed', partsA.slice(next, partner).join(''));
    pieces.add('same', part);
    next = partner + 1;
  }
  pieces.add('removed', partsA.slice(next).join(''));
  pieces.add('same', before.slice(before.length - tail));
  return { pieces: pieces.settled(), coarse: coarse || cut === linesOf };
}

/** Between two that stayed, what was removed comes before what was added. A blank alone does not stay between two changes. */
class PieceList {
  readonly #pieces: WordPiece[] = [];
  #removed = '';
  #added = '';
  /** Blanks behind a change, which may be before one, too. */
  #blank = '';

  add(kind: WordPiece['kind'], text: string): void {
    if (text === '') return;
    if (kind === 'same') {
      const isBehindChange = this.#removed !== '' || this.#added !== '';
      if (isBehindChange && this.#blank === '' && isBlank(text)) this.#blank = text;
      else this.#stay(text);
      return;
    }
    this.#removed += this.#blank;
    this.#added += this.#blank;
    this.#blank = '';
    if (kind === 'removed') this.#removed += text;
    else this.#added += text;
  }

  settled(): readonly WordPiece[] {
    this.#stay('');
    return this.#pieces;
  }

  #stay(text: string): void {
    if (this.#removed !== '') this.#pieces.push({ kind: 'removed', text: this.#removed });
    if (this.#added !== '') this.#pieces.push({ kind: 'added', text: this.#added });
    const same = this.#blank + text;
    this.#removed = this.#added = this.#blank = '';
    if (same === '') return;
    const last = this.#pieces.at(-1);
    if (last?.kind === 'same') this.#pieces[this.#pieces.length - 1] = { kind: 'same', text: last.text + same };
    else this.#pieces.push({ kind: 'same', text: same });
  }
}

function isBlank(text: string): boolean {
  return /^[ \t]+$/.test(text);
}

function numberOf(numbers: Map<string, number>, part: string): number {
  const known = numbers.get(part);
  if (known !== undefined) return known;
  numbers.set(part, numbers.size);
  return numbers.size - 1;
}

/** How far the two begin alike, up to where a word begins in both. */
function commonHead(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  while (at > 0 && !(beginsWord(a, at) && beginsWord(b, at))) at--;
  return at;
}

/** How much of what is behind the head they end with alike, from where a word begins. */
function commonTail(a: string, b: string, head: number): number {
  const shorter = Math.min(a.length, b.length) - head;
  let length = 0;
  while (length < shorter && a.charCodeAt(a.length - length - 1) === b.charCodeAt(b.length - length - 1)) length++;
  // What stands before it is looked at as well, so it has to be in both.
  do length--;
  while (length > 0 && !beginsWord(a, a.length - length));
  return Math.max(length, 0);
}

/** Behind a blank or a line break, and no mark that would join the blank: an ASCII character never does. */
function beginsWord(text: string, at: number): boolean {
  const before = text[at - 1];
  const code = text.charCodeAt(at);
  return (before === ' ' || before === '\n') && (at === text.length || (code > 0x20 && code < 0x7f));
}

const ASCII_WORDS = /\r\n|\w+(?:['.]\w+)*|[ \t]+|[^]/g;
const NOT_ASCII = /\P{ASCII}/u;

/** Both texts are cut in the same way. */
function cutterOf(a: string, b: string): (text: string) => string[] {
  if (Math.max(a.length, b.length) > MAX_CHARACTERS) return linesOf;
  return NOT_ASCII.test(a) || NOT_ASCII.test(b) ? wordsOf : (text) => text.match(ASCII_WORDS) ?? [];
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}

const words = new Intl.Segmenter(undefined, { granularity: 'word' });
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function wordsOf(text: string): string[] {
  const found: string[] = [];
  let begin = 0;
  let characterEnd = 0;
  const clusters = characters.segment(text)[Symbol.iterator]();
  for (const { index, segment } of words.segment(text)) {
    const end = index + segment.length;
    while (characterEnd < end) characterEnd += clusters.next().value?.segment.length ?? 1;
    // Some words end within a character, e.g. behind an Arabic number sign.
    if (characterEnd !== end) continue;
    found.push(text.slice(begin, end));
    begin = end;
  }
  return found;
}
