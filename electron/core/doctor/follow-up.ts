/** What has to follow a repair so that the state is in order again: no message without content is left behind, and counters count. */
import type { JsonDocument } from '../../../shared/json/document.ts';
import { quoteJson } from '../../../shared/json/json-string.ts';
import { findConversations } from '../../../shared/messages/conversation.ts';
import { textOf, unwrap } from '../../../shared/messages/message-shape.ts';
import { newId, objectText, rawMember, styleOf } from './json-pieces.ts';
import type { TextEdit } from './model.ts';

const TAKEN_OUT = 'What was here has been taken out by a repair: a tool call or its result stood alone.';

/** Messages that a repair has emptied go; where a message cannot go, because it is a row, it says what was there. */
export function emptiedMessages(before: JsonDocument, after: JsonDocument, isRows: boolean): readonly TextEdit[] {
  const empty = new Set(emptyMessages(before).map(({ name }) => name));
  return emptyMessages(after).flatMap(({ name, item, message, content }): readonly TextEdit[] => {
    if (empty.has(name)) return [];
    if (!isRows) return [{ op: 'remove', node: item }];
    const time = rawMember(after, message, 'created_at');
    const block = objectText(
      [
        ['type', '"text"'],
        ['text', quoteJson(TAKEN_OUT)],
        ...(time === undefined
          ? []
          : ([
              ['id', quoteJson(newId(textOf(after, message, 'id'), name))],
              ['created_at', time],
              ['finished_at', time],
            ] as const)),
      ],
      styleOf(after, message),
    );
    return [{ op: 'set', node: content, text: `[${block}]` }];
  });
}

/** `message_count` of the design's session. One that was wrong before is left to the finding that says so. */
export function messageCounts(before: JsonDocument, after: JsonDocument): readonly TextEdit[] {
  const counted = new Map(counts(before).map(({ path, held, told }) => [path, held === told]));
  return counts(after).flatMap(({ path, held, told, node }): readonly TextEdit[] =>
    held !== told && counted.get(path) === true ? [{ op: 'set', node, text: String(held) }] : [],
  );
}

function emptyMessages(document: JsonDocument) {
  return findConversations(document).flatMap(({ node, label }) => {
    const found = [];
    for (const item of document.children(node)) {
      const message = unwrap(document, item);
      const content = document.member(message, 'content');
      if (content === undefined || document.kind(content) !== 'array' || document.childCount(content) > 0) continue;
      // By its id: positions change.
      found.push({ name: `${label} ${textOf(document, message, 'id') ?? ''}`, item, message, content });
    }
    return found;
  });
}

function counts(document: JsonDocument) {
  return findConversations(document).flatMap(({ node, label }) => {
    const owner = document.parent(node);
    const count = owner < 0 ? undefined : document.member(owner, 'message_count');
    if (count === undefined || document.kind(count) !== 'number') return [];
    return [{ path: label, held: document.childCount(node), told: document.number(count).value, node: count }];
  });
}
