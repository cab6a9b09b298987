/** What a message says and who says it, whatever its id and its time: by this, messages of two agents are compared. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { contentOf, messageOf, textOf } from '../messages/message-shape.ts';
import { childNodes, type Side } from './compared.ts';
import type { Stop } from './stop.ts';

/** Members of a block that are new in every run. */
const OF_THE_RUN: ReadonlySet<string> = new Set(['id', 'tool_call_id', 'timestamp', 'created_at', 'finished_at']);
/** Members of a block, and blocks of a message, that are looked at. */
const MAX_MEMBERS = 64;
const MAX_BLOCKS = 1000;

/** Numbers the items of both lists: those that say the same have the same number. Once it is over, no two have. */
export function numberedByContent(
  before: Side,
  beforeList: NodeId,
  after: Side,
  afterList: NodeId,
  stop: Stop,
): readonly [number[], number[]] {
  const numbers = new Map<string, number>();
  let last = -1;
  const numbered = (side: Side, list: NodeId): number[] =>
    Array.from(childNodes(side.doc, list), (item) => {
      if (stop.isOver()) return ++last;
      const said = saidIn(side, item);
      const known = numbers.get(said);
      if (known !== undefined) return known;
      numbers.set(said, ++last);
      return last;
    });
  return [numbered(before, beforeList), numbered(after, afterList)];
}

/** Null for what is no message. */
export function roleOf(doc: JsonDocument, item: NodeId): string | null {
  const message = messageOf(doc, item);
  return message === undefined ? null : textOf(doc, message, 'role');
}

/** A text said plainly is the same as one block of text. */
function saidIn({ doc, hashes }: Side, item: NodeId): string {
  const message = messageOf(doc, item);
  const content = message === undefined ? undefined : contentOf(doc, message);
  if (message === undefined || content === undefined) return `value ${hashes.of(item)}`;
  const said: (string | number | null)[] = [textOf(doc, message, 'role')];
  if (doc.kind(content) !== 'array') said.push('text', hashes.of(content));
  else {
    for (const block of childNodes(doc, content).subarray(0, MAX_BLOCKS)) {
      const text = textOf(doc, block, 'type') === 'text' ? doc.member(block, 'text') : undefined;
      if (text !== undefined) said.push('text', hashes.of(text));
      else if (doc.kind(block) !== 'object') said.push(hashes.of(block));
      else {
        for (const member of childNodes(doc, block).subarray(0, MAX_MEMBERS)) {
          const name = doc.key(member) ?? '';
          if (!OF_THE_RUN.has(name)) said.push(name, hashes.of(member));
        }
      }
    }
  }
  return JSON.stringify(said);
}
