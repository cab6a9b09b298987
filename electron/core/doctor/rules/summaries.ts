/** Summaries that stand for messages: the messages have to be there, and so has the summary. */
import type { NodeId } from '../../../../shared/json/document.ts';
import type { ConversationRef } from '../../../../shared/messages/conversation.ts';
import { marksOf, textOf, unwrap } from '../../../../shared/messages/message-shape.ts';
import type { FoundInState, StateRule } from '../../consistency/rule.ts';
import type { StateView } from '../../consistency/state-view.ts';

const GROUP = 'conversation';
export const SUMMARY = '_compressed_summary';
export const COMPRESSED = 'compressed';
/** Names under which programs keep which messages a summary stands for. */
const REFERENCES = [
  'summarized_message_ids',
  'summarized_ids',
  'compressed_message_ids',
  'compressed_ids',
  'message_ids',
  'source_ids',
];
const MOST_CHILDREN = 2000;

/** AgentScope 1.0.16+ leaves messages with this mark out of what the model gets, and puts the summary in their place. */
export const markedWithoutSummary: StateRule = {
  id: 'marked-without-summary',
  group: GROUP,
  severity: 'error',
  needs: 'state',
  applies: (state) => summaries(state).length > 0,
  *check(state) {
    for (const { conversation, node, isEmpty } of summaries(state)) {
      const marked = isEmpty ? countMarked(state, conversation) : 0;
      if (marked === 0) continue;
      const details = { conversation: conversation.label, messages: marked };
      yield { node, details, repair: { id: 'unmark-messages', details: {}, edits: null } };
    }
  },
};

export const summaryOfMissing: StateRule = {
  id: 'summary-of-missing',
  group: GROUP,
  severity: 'warning',
  needs: 'state',
  applies: (state) => summaries(state).length > 0 || references(state).length > 0,
  *check(state) {
    for (const { conversation, node, isEmpty } of summaries(state)) {
      if (isEmpty || state.isCutOff || countMarked(state, conversation) > 0) continue;
      // Nothing is wrong with that: a program may drop what it has summarised. It cannot be looked at any more.
      yield {
        node,
        severity: 'note',
        foundKey: 'consistency.rules.summary-of-missing.gone',
        details: { conversation: conversation.label },
      };
    }
    yield* missingIds(state);
  },
};

interface Summary {
  readonly conversation: ConversationRef;
  readonly node: NodeId;
  readonly isEmpty: boolean;
}

function summaries({ document, conversations }: StateView): readonly Summary[] {
  return conversations.flatMap((conversation) => {
    const owner = document.parent(conversation.node);
    const node = owner < 0 ? undefined : document.member(owner, SUMMARY);
    if (node === undefined || document.kind(node) !== 'string') return [];
    return [{ conversation, node, isEmpty: document.stringByteLength(node) === 0 }];
  });
}

function countMarked({ document }: StateView, { node }: ConversationRef): number {
  let marked = 0;
  for (const item of document.children(node)) {
    const message = unwrap(document, item);
    if (message !== item && marksOf(document, message).includes(COMPRESSED)) marked++;
  }
  return marked;
}

function references({ document, conversations }: StateView): readonly { owner: NodeId; list: NodeId }[] {
  const found: { owner: NodeId; list: NodeId }[] = [];
  for (const { node } of conversations) {
    const owner = document.parent(node);
    if (owner < 0 || document.kind(owner) !== 'object' || document.childCount(owner) > MOST_CHILDREN) continue;
    const holders = [owner, ...document.children(owner)].filter((at) => at !== node && document.kind(at) === 'object');
    for (const holder of holders) {
      if (document.childCount(holder) > MOST_CHILDREN) continue;
      for (const name of REFERENCES) {
        const list = document.member(holder, name);
        if (list !== undefined && document.kind(list) === 'array') found.push({ owner: node, list });
      }
    }
  }
  return found;
}

function* missingIds(state: StateView): Iterable<FoundInState> {
  const { document } = state;
  for (const { owner, list } of references(state)) {
    const there = new Set<string>();
    for (const item of document.children(owner)) there.add(textOf(document, unwrap(document, item), 'id') ?? '');
    for (const item of document.children(list)) {
      if (document.kind(item) !== 'string' || document.isIncomplete(item)) continue;
      const id = document.string(item);
      if (there.has(id)) continue;
      yield {
        node: item,
        details: { id },
        repair: { id: 'forget-message', details: {}, edits: [{ op: 'remove', path: state.path(item) }] },
      };
    }
  }
}
