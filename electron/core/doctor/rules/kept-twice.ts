/**
 * AgentScope 2.x keeps a conversation twice: in the session's `state.context`, from which the model goes on, and message by message
 * in `messages`, which people are shown. The context may be shorter, because it is summarised; what both have has to be the same.
 */

import type { JsonDocument, NodeId } from '../../../../shared/json/document.ts';
import { parseJson } from '../../../../shared/json/parse.ts';
import { pathOf } from '../../../../shared/json/path.ts';
import { textOf } from '../../../../shared/messages/message-shape.ts';
import type { FoundAt, SourceRule } from '../../consistency/rule.ts';
import { placeOf } from '../../consistency/state-view.ts';
import { sameValue } from '../../restore/unit.ts';
import type { Source, StateEntry } from '../../sources/source.ts';
import { bytesOrNull } from './bytes-or-null.ts';

export const keptTwice: SourceRule = {
  id: 'kept-twice',
  group: 'conversation',
  severity: 'warning',
  needs: 'source',
  async *check(source) {
    const entries = new Map(source.entries.map((entry) => [entry.key, entry]));
    for (const session of source.entries) {
      if (session.type !== 'SessionRecord') continue;
      const messages = entries.get(`conversation:${session.id}`);
      if (messages === undefined) continue;
      const [context, told] = [await documentOf(source, session.key), await documentOf(source, messages.key)];
      if (context === null || told === null) continue;
      yield [...differences({ entry: session, document: context }, { entry: messages, document: told })];
    }
  },
};

interface Kept {
  readonly entry: StateEntry;
  readonly document: JsonDocument;
}

export function contextOf(document: JsonDocument): NodeId | undefined {
  const state = document.member(0, 'state');
  const context = state === undefined ? undefined : document.member(state, 'context');
  return context !== undefined && document.kind(context) === 'array' ? context : undefined;
}

export function messageById(document: JsonDocument, list: NodeId, id: string): NodeId | undefined {
  for (const item of document.children(list)) if (textOf(document, item, 'id') === id) return item;
  return undefined;
}

function* differences(context: Kept, told: Kept): Iterable<FoundAt> {
  const list = contextOf(context.document);
  if (list === undefined || told.document.kind(0) !== 'array') return;
  const toldById = new Map<string, NodeId>();
  for (const item of told.document.children(0)) toldById.set(textOf(told.document, item, 'id') ?? '', item);
  for (const message of context.document.children(list)) {
    const id = textOf(context.document, message, 'id');
    if (id === null) continue;
    const other = toldById.get(id);
    const inContext = placeOf(context.entry, pathOf(context.document, message), context.document.start(message));
    const session = context.entry.key;
    if (other === undefined) {
      const place = placeOf(told.entry, [], 0);
      // A row of its own would have to be made: with which columns only AgentScope knows.
      yield {
        place,
        details: { id, session, difference: 'missing' },
        foundKey: 'consistency.rules.kept-twice.missing',
        related: [inContext],
      };
    } else if (!sameValue(context.document.rawBytes(message), told.document.rawBytes(other))) {
      const place = placeOf(told.entry, pathOf(told.document, other), told.document.start(other));
      yield {
        place,
        details: { id, session, difference: 'other' },
        related: [inContext],
        repair: { id: 'messages-from-context', details: {}, edits: null },
      };
    }
  }
}

async function documentOf(source: Source, key: string): Promise<JsonDocument | null> {
  const bytes = await bytesOrNull(source, key);
  return bytes === null ? null : parseJson(bytes).document;
}
