/**
 * What can be done about each finding. Most findings of the consistency check bring their edits along; the repairs here are
 * worked out from the state's bytes, because they are of the text itself or of its shape.
 */
import type { ConsistencyFinding, ConsistencyRepair, RepairEdit } from '../../../shared/ipc/consistency.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { decodeUtf8, encodeUtf8, quoteJson } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { resolvePath } from '../../../shared/json/path.ts';
import { unwrap } from '../../../shared/messages/message-shape.ts';
import { answerCall } from './answer-call.ts';
import { closeText } from './close-text.ts';
import { spliceAll } from './edit-all.ts';
import { mendStrings, type StringSplice } from './mend-string.ts';
import type { Repair, TextEdit } from './model.ts';
import { contextOf, messageById } from './rules/kept-twice.ts';
import { COMPRESSED } from './rules/summaries.ts';
import { type ToolBlock, type ToolPairs, toolPairsOf } from './tool-blocks.ts';

const cutGarbage: Repair = { id: 'cut-garbage', mends: 'tail', edits: () => [] };

const closeTruncated: Repair = {
  id: 'close-truncated',
  mends: 'text',
  edits: (document) => {
    const closed = closeText(document);
    return closed === null ? null : [{ op: 'splice', ...closed.splice }];
  },
};

const dropHidden: Repair = {
  id: 'drop-hidden',
  mends: 'value',
  edits: (document, finding) => {
    const node = hiddenMember(document, finding);
    return node === null ? null : [{ op: 'remove', node }];
  },
};

/** For a program that wrote two different things under one name: nothing is lost. */
const renameHidden: Repair = {
  id: 'rename-hidden',
  mends: 'value',
  edits: (document, finding) => {
    const node = hiddenMember(document, finding);
    if (node === null) return null;
    const [parent, name] = [document.parent(node), document.key(node) ?? ''];
    const position = document.indexInParent(node);
    for (let number = position; ; number++) {
      const free = `${name} (${number + 1})`;
      if (document.member(parent, free) === undefined) return [{ op: 'rename', node, name: free }];
    }
  },
};

const replaceSurrogates = stringRepair('replace-surrogates', ({ mends }) => mends === 'character');
const escapeControls = stringRepair('escape-controls', ({ mends }) => mends === 'control');

const answer: Repair = {
  id: 'answer-call',
  mends: 'value',
  edits: (document, finding) => {
    const found = toolBlockOf(document, finding);
    return found === null || !found.pairs.dangling.includes(found.block)
      ? null
      : answerCall(document, found.list, found.pairs, found.block);
  },
};

const removeCall = removal('remove-call', ({ dangling }) => dangling);
const removeResult = removal('remove-result', ({ orphans, surplus }) => [...orphans, ...surplus]);

const closeInput: Repair = {
  id: 'close-input',
  mends: 'value',
  edits: (document, finding) => {
    const node = nodeOf(document, finding);
    const input = node === null ? undefined : document.member(node, 'input');
    if (input === undefined || document.kind(input) !== 'string') return null;
    return [{ op: 'set', node: input, text: quoteJson(wholeInput(document.string(input))) }];
  },
};

const unmarkMessages: Repair = {
  id: 'unmark-messages',
  mends: 'value',
  edits: (document, finding) => {
    const summary = nodeOf(document, finding);
    const content = summary === null ? undefined : document.member(document.parent(summary), 'content');
    if (content === undefined) return null;
    const marks = [...document.children(content)].flatMap((item) => {
      const list = unwrap(document, item) === item ? undefined : document.child(item, 1);
      return list === undefined ? [] : [...document.children(list)];
    });
    const compressed = marks.filter((mark) => document.kind(mark) === 'string' && document.string(mark) === COMPRESSED);
    return compressed.map((node) => ({ op: 'remove', node }) as const);
  },
};

/** The copy that people are shown follows the one from which the agent goes on. */
const messagesFromContext: Repair = {
  id: 'messages-from-context',
  mends: 'value',
  copiesFrom: ({ details }) => String(details['session'] ?? ''),
  edits: (document, finding, from) => {
    const node = nodeOf(document, finding);
    const source = from === null ? null : parseJson(from).document;
    const context = source === null ? undefined : contextOf(source);
    if (node === null || source === null || context === undefined) return null;
    const message = messageById(source, context, String(finding.details['id'] ?? ''));
    return message === undefined ? null : [{ op: 'set', node, text: source.rawText(message) }];
  },
};

export const REPAIRS: ReadonlyMap<string, Repair> = new Map(
  [
    cutGarbage,
    closeTruncated,
    dropHidden,
    renameHidden,
    replaceSurrogates,
    escapeControls,
    answer,
    removeCall,
    removeResult,
    closeInput,
    unmarkMessages,
    messagesFromContext,
  ].map((repair) => [repair.id, repair]),
);

/** Beside the one that a finding brings along. */
const ALTERNATIVES: Readonly<Record<string, readonly string[]>> = {
  'answer-call': ['remove-call'],
  'drop-hidden': ['rename-hidden'],
};

/** All that can be done about a finding, the default first; none where only a person can know what is right. */
export function repairsOf({ repair }: Pick<ConsistencyFinding, 'repair'>): readonly ConsistencyRepair[] {
  if (repair === null) return [];
  const others = ALTERNATIVES[repair.id] ?? [];
  return [repair, ...others.map((id) => ({ id, details: repair.details, edits: null }))];
}

/** Null: what they are about is not there. @param edits as a finding has them: each on what the one before left, by paths */
export function byPaths(document: JsonDocument, edits: readonly RepairEdit[]): readonly TextEdit[] | null {
  const found: TextEdit[] = [];
  for (const edit of edits) {
    const node = resolvePath(document, edit.path);
    if (node !== undefined)
      found.push(edit.op === 'set' ? { op: 'set', node, text: edit.text } : { op: 'remove', node });
    else {
      const name = edit.path.at(-1);
      const parent = resolvePath(document, edit.path.slice(0, -1));
      if (edit.op !== 'set' || typeof name !== 'string' || parent === undefined || document.kind(parent) !== 'object')
        return null;
      found.push({ op: 'insert', parent, index: document.childCount(parent), name, text: edit.text });
    }
  }
  return found;
}

/** Of one value, or, where the place is the text, of all that are in it. */
function stringRepair(id: string, isMeant: (splice: StringSplice) => boolean): Repair {
  return {
    id,
    mends: 'value',
    edits: (document, finding) => {
      const node = finding.path.length === 0 && document.nodeCount > 1 ? null : nodeOf(document, finding);
      const nodes = node === null ? Array.from({ length: document.nodeCount }, (_, at) => at) : [node];
      const splices = nodes.flatMap((at) => mendStrings(document, at)).filter(isMeant);
      return splices.length === 0
        ? null
        : splices.map(({ start, end, text }) => ({ op: 'splice', start, end, text }) as const);
    },
  };
}

function removal(id: string, choose: (pairs: ToolPairs) => readonly ToolBlock[]): Repair {
  return {
    id,
    mends: 'value',
    edits: (document, finding) => {
      const found = toolBlockOf(document, finding);
      return found === null || !choose(found.pairs).includes(found.block)
        ? null
        : [{ op: 'remove', node: found.block.node }];
    },
  };
}

const pairsKnown = new WeakMap<JsonDocument, Map<NodeId, ToolPairs>>();

function toolBlockOf(document: JsonDocument, finding: ConsistencyFinding) {
  const node = nodeOf(document, finding);
  // block < content < message < item or list
  const message = node === null ? -1 : document.parent(document.parent(node));
  if (node === null || message < 0) return null;
  const owner = document.parent(message);
  const list = unwrap(document, owner) === message && document.parent(owner) >= 0 ? document.parent(owner) : owner;
  const known = pairsKnown.get(document) ?? new Map<NodeId, ToolPairs>();
  pairsKnown.set(document, known);
  const pairs = known.get(list) ?? toolPairsOf(document, list);
  known.set(list, pairs);
  const block = pairs.byNode.get(node);
  return block === undefined ? null : { list, pairs, block };
}

function nodeOf(document: JsonDocument, { path }: ConsistencyFinding): NodeId | null {
  return resolvePath(document, path) ?? null;
}

/** Of several members of one name the path means the last; the offset says which one it is. */
function hiddenMember(document: JsonDocument, { path, offset, details }: ConsistencyFinding): NodeId | null {
  const parent = resolvePath(document, path.slice(0, -1));
  if (parent === undefined) return null;
  const name = path.at(-1) ?? details['name'];
  for (const child of document.children(parent)) {
    if (document.key(child) === name && document.isShadowed(child) && document.start(child) === offset) return child;
  }
  return null;
}

/** What can be closed of arguments that broke off; none where nothing can. */
function wholeInput(text: string): string {
  const bytes = encodeUtf8(text);
  const { document, issues } = parseJson(bytes);
  if (document === null || document.kind(0) !== 'object') return '{}';
  if (issues.some(({ code }) => code === 'trailing-garbage')) return document.rawText(0);
  const closed = closeText(document);
  return closed === null ? '{}' : decodeUtf8(spliceAll(bytes, [closed.splice]));
}
