/**
 * How many tokens texts have, about: by o200k_base, the vocabulary of a family of models. Other models cut texts in other ways, which
 * is why every figure made of this is called an estimate.
 */
import { LRUCache } from 'lru-cache';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { isHighSurrogate } from '../../../shared/json/json-string.ts';
import type { Turns } from '../search/turns.ts';

/**
 * The tokenizer takes quadratic time for what it finds no border in: 64,000 Chinese characters in a row took 16 seconds, in pieces of
 * this length half a second. A text is cut at white space where there is some, which changes no count but in rare cases; in the middle of a
 * word that is longer than a piece it adds one token at most.
 */
const PIECE = 1024;
/** White space is looked for so far back. */
const LOOK_BACK = 256;
/** Between two of these others may have their turn. Some ms of English, 40 of what is worst. */
const BREATH = 8192;
/** What is shorter is counted again and again: looking it up would take as long. */
const CACHED_FROM_BYTES = 256;
const CACHED = 200_000;
/** Words whose tokens the library keeps; each may hold on to the piece that it is cut from. */
const WORDS_KEPT = 20_000;

export class TokenCounter {
  readonly #count: (text: string) => number;
  /** By the hash of the content, so that what has not changed is not counted again. */
  readonly #known = new LRUCache<number, number>({ max: CACHED });

  private constructor(count: (text: string) => number) {
    this.#count = count;
  }

  /** Loads the vocabulary, which takes a third of a second and some 80 MB. */
  static async load(): Promise<TokenCounter> {
    const { countTokens, setMergeCacheSize } = await import('gpt-tokenizer/encoding/o200k_base');
    setMergeCacheSize(WORDS_KEPT);
    // What looks like a sign of the model's own is a text like any other.
    const options = { disallowedSpecial: new Set<string>() };
    return new TokenCounter((text) => countTokens(text, options));
  }

  /** @throws SourceError `cancelled` */
  async count(text: string, turns: Turns): Promise<number> {
    let tokens = 0;
    for (let at = 0, breath = BREATH; at < text.length; ) {
      const end = cutAt(text, at);
      tokens += this.#count(text.slice(at, end));
      at = end;
      if (at < breath) continue;
      breath = at + BREATH;
      await turns.breathe();
    }
    return tokens;
  }

  /**
   * For each node of a document the tokens of all texts before it, and after the last those of all: what is within a node is the
   * difference of two. Texts are the values of strings; names, numbers and punctuation count as none.
   * @throws SourceError `cancelled`
   */
  async before(doc: JsonDocument, hashOf: (node: NodeId) => number, turns: Turns): Promise<Float64Array> {
    const before = new Float64Array(doc.nodeCount + 1);
    let sum = 0;
    let passed = 0;
    for (let node: NodeId = 0; node < doc.nodeCount; node++) {
      before[node] = sum;
      if (doc.kind(node) !== 'string') continue;
      const length = doc.stringByteLength(node);
      sum += length < CACHED_FROM_BYTES ? this.#count(doc.string(node)) : await this.#cached(doc, node, hashOf, turns);
      passed += length;
      if (passed < BREATH) continue;
      passed = 0;
      await turns.breathe();
    }
    before[doc.nodeCount] = sum;
    return before;
  }

  async #cached(doc: JsonDocument, node: NodeId, hashOf: (node: NodeId) => number, turns: Turns): Promise<number> {
    const hash = hashOf(node);
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    const tokens = await this.count(doc.string(node), turns);
    this.#known.set(hash, tokens);
    return tokens;
  }
}

function cutAt(text: string, from: number): number {
  const end = from + PIECE;
  if (end >= text.length) return text.length;
  for (let at = end; at > end - LOOK_BACK; at--) {
    // A word takes the blank before it along.
    if (text.charCodeAt(at) === BLANK && text.charCodeAt(at - 1) !== BLANK) return at;
  }
  return isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

const BLANK = 0x20;
