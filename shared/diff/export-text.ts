/**
 * A diff as a person reads it, in the manner of `diff -u`: a line with a sign for each value that came or went, words within
 * long texts, messages named by role and id. Every difference is one line or a few, without signs that a terminal would obey.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { isLowSurrogate, textPrefix } from '../json/json-string.ts';
import { type JsonPath, pathOf, toDot } from '../json/path.ts';
import { formatJsonPrefix } from '../json/print.ts';
import { readMessage } from '../messages/conversation.ts';
import type { MessageBlock } from '../messages/message.ts';
import { messageLabel, messageOf } from '../messages/message-shape.ts';
import type { DiffOperation, DiffResult } from './diff.ts';
import { ItemsAbove } from './items-above.ts';
import type { DiffNote } from './note.ts';
import { diffWords, type WordPiece } from './words.ts';

export interface DiffTextOptions {
  /** What the two sides are called. */
  readonly before: string;
  readonly after: string;
  /** A note as a sentence of the person's language. */
  readonly noteText: (note: DiffNote) => string;
}

/** Characters of a value on its line. */
const MAX_VALUE = 1000;
/** Characters of a path before and behind where it is cut. */
const MAX_PATH = 200;
/** Two texts of which one is longer are told by the words that differ. */
const MAX_PLAIN = 72;
/** Longer texts, in bytes, are cut like any other value. */
const MAX_TEXT = 4_000_000;
/** Characters that stay visible around a change. */
const CONTEXT = 32;
const ROOT = '.';

/** Ends with a line break; nothing at all for two values that do not differ. */
export function* diffToText(
  before: JsonDocument,
  after: JsonDocument,
  diff: DiffResult,
  notes: readonly DiffNote[],
  { before: titleBefore, after: titleAfter, noteText }: DiffTextOptions,
): Generator<string> {
  if (diff.equal) return;
  yield `--- ${visible(titleBefore)}\n+++ ${visible(titleAfter)}\n`;
  const items = new ItemsAbove(before, after);
  const notesOf = new Map<number, DiffNote[]>();
  for (const note of notes) {
    // The line that names the message says so.
    if (note.note === 'edited') continue;
    const first = note.operations[0] ?? 0;
    notesOf.set(first, [...(notesOf.get(first) ?? []), note]);
  }
  let last: NodeId | null = null;
  for (const [at, operation] of diff.operations.entries()) {
    const item = items.around(operation);
    if (item !== last) yield item === null ? '\n' : `\n@ ${place(after, item)}\n`;
    last = item;
    const base = item === null ? 0 : pathOf(after, item).length;
    yield* operationLines(before, after, operation, base);
    for (const note of notesOf.get(at) ?? []) yield `    # ${visible(noteText(note))}\n`;
  }
}

function* operationLines(
  before: JsonDocument,
  after: JsonDocument,
  { kind, path, from, beforeNode, afterNode }: DiffOperation,
  base: number,
): Generator<string> {
  const [doc, node] = afterNode === null ? [before, beforeNode ?? 0] : [after, afterNode];
  const name = named(path.slice(base), messageLabel(doc, node));
  switch (kind) {
    case 'added':
      yield `+ ${name}: ${valueText(doc, node)}\n`;
      return;
    case 'removed':
      yield `- ${name}: ${valueText(doc, node)}\n`;
      return;
    case 'moved':
      yield `> ${name}  ← ${named(from ?? [], null)}\n`;
      return;
    case 'changed': {
      const pieces = beforeNode === null ? null : wordsOf(before, beforeNode, after, node);
      if (pieces !== null) {
        yield `~ ${name}: ${wordsText(pieces)}\n`;
        return;
      }
      yield `- ${name}: ${valueText(before, beforeNode ?? 0)}\n+ ${name}: ${valueText(after, node)}\n`;
      return;
    }
    default:
      kind satisfies never;
  }
}

function place(doc: JsonDocument, item: NodeId): string {
  return named(pathOf(doc, item), messageLabel(doc, item));
}

function named(path: JsonPath, label: string | null): string {
  const dots = shortened(toDot(path), MAX_PATH, MAX_PATH) || ROOT;
  return label === null ? dots : `${dots}  ${visible(label)}`;
}

/** Of a message what it says; anything else on one line as it is written. */
function valueText(doc: JsonDocument, node: NodeId): string {
  if (messageOf(doc, node) !== undefined) {
    const said = readMessage(doc, node, { maxTextChars: MAX_VALUE }).blocks.map(blockText).join('  ');
    return shortened(said, MAX_VALUE, 0);
  }
  const { text, truncated } = formatJsonPrefix(doc, node, MAX_VALUE, { indent: 0 });
  return truncated ? `${visible(text)}…` : visible(text);
}

function blockText(block: MessageBlock): string {
  switch (block.type) {
    case 'text':
      return JSON.stringify(block.text);
    case 'thinking':
      return `(thinking ${JSON.stringify(block.text)})`;
    case 'tool-call':
      return `${block.name ?? 'tool'}(${block.input.replaceAll(/\s+/g, ' ')})`;
    case 'tool-result':
      return `${block.name ?? 'tool'} → ${JSON.stringify(block.output)}`;
    case 'media':
      return `[${block.media}]`;
    case 'other':
      return `[${block.label}]`;
    default:
      return block satisfies never;
  }
}

/** Null for what is shown as two lines. */
function wordsOf(before: JsonDocument, a: NodeId, after: JsonDocument, b: NodeId): readonly WordPiece[] | null {
  if (before.kind(a) !== 'string' || after.kind(b) !== 'string') return null;
  const longer = Math.max(before.stringByteLength(a), after.stringByteLength(b));
  if (longer <= MAX_PLAIN || longer > MAX_TEXT) return null;
  const { pieces } = diffWords(before.string(a), after.string(b));
  return pieces.some(({ kind }) => kind === 'same') ? pieces : null;
}

/** `…on and [-on-]{+off+}, as…`, as wdiff writes it. */
function wordsText(pieces: readonly WordPiece[]): string {
  return pieces
    .map(({ kind, text }, at) => {
      if (kind === 'removed') return `[-${shortened(text, MAX_VALUE, 0)}-]`;
      if (kind === 'added') return `{+${shortened(text, MAX_VALUE, 0)}+}`;
      return shortened(text, at === 0 ? 0 : CONTEXT, at === pieces.length - 1 ? 0 : CONTEXT);
    })
    .join('');
}

/** So many characters of the beginning and of the end, and a mark where something was left out. */
function shortened(text: string, head: number, tail: number): string {
  if (text.length <= head + tail + 1) return visible(text);
  const from = text.length - tail;
  const end = text.slice(isLowSurrogate(text.charCodeAt(from)) ? from + 1 : from);
  return `${visible(textPrefix(text, head).text)}…${visible(end)}`;
}

/** Everything that a terminal would obey, that turns the direction of text, or that is half a character. */
const UNSEEN = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function visible(text: string): string {
  return text.replace(UNSEEN, (unit) => SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
