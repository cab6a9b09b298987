/** Tool calls and tool results that do not belong together: models refuse such a conversation, so every later turn fails. */
import { encodeUtf8 } from '../../../../shared/json/json-string.ts';
import { parseJson } from '../../../../shared/json/parse.ts';
import type { FoundInState, StateRule } from '../../consistency/rule.ts';
import type { StateView } from '../../consistency/state-view.ts';
import { isOfRows } from '../rows.ts';
import { type ToolBlock, type ToolPairs, toolPairsOf } from '../tool-blocks.ts';

const GROUP = 'conversation';

/** AgentScope 2.x: a person is asked, or another program does the work. */
const UNDER_WAY: ReadonlySet<string> = new Set(['asking', 'submitted']);

const known = new WeakMap<StateView, ReturnType<typeof pairsOf>>();

function pairsOf(state: StateView) {
  return state.conversations.map((conversation) => ({
    conversation,
    pairs: toolPairsOf(state.document, conversation.node),
  }));
}

/** Once for all rules. */
function pairs(state: StateView): ReturnType<typeof pairsOf> {
  const found = known.get(state) ?? pairsOf(state);
  known.set(state, found);
  return found;
}

const hasTools = (state: StateView) => pairs(state).some((each) => each.pairs.blocks.length > 0);

function* each(
  state: StateView,
  choose: (pairs: ToolPairs) => readonly ToolBlock[],
  tell: (block: ToolBlock, pairs: ToolPairs) => Pick<FoundInState, 'repair' | 'severity'>,
): Iterable<FoundInState> {
  for (const { conversation, pairs: found } of pairs(state)) {
    for (const block of choose(found)) {
      yield {
        node: block.node,
        details: { id: block.id, tool: block.tool ?? '', number: block.index + 1, conversation: conversation.label },
        ...tell(block, found),
      };
    }
  }
}

export const danglingToolCall: StateRule = {
  id: 'dangling-tool-call',
  group: GROUP,
  severity: 'error',
  needs: 'state',
  applies: hasTools,
  *check(state) {
    // The text may go on with the result.
    if (state.isCutOff) return;
    yield* each(
      state,
      ({ dangling }) => dangling,
      (block) => ({
        repair: { id: isAnswerable(state, block) ? 'answer-call' : 'remove-call', details: {}, edits: null },
        ...(isUnderWay(state, block) && { severity: 'warning' as const }),
      }),
    );
  },
};

export const orphanToolResult: StateRule = {
  id: 'orphan-tool-result',
  group: GROUP,
  severity: 'error',
  needs: 'state',
  applies: hasTools,
  check: (state) =>
    each(
      state,
      ({ orphans }) => orphans,
      () => ({ repair: { id: 'remove-result', details: {}, edits: null } }),
    ),
};

export const duplicateToolResult: StateRule = {
  id: 'duplicate-tool-result',
  group: GROUP,
  severity: 'error',
  needs: 'state',
  applies: hasTools,
  check: (state) =>
    each(
      state,
      ({ surplus }) => surplus,
      () => ({ repair: { id: 'remove-result', details: {}, edits: null } }),
    ),
};

/** AgentScope 2.x keeps the arguments as the text that the model wrote, which may break off (agentscope #2469). */
export const cutToolInput: StateRule = {
  id: 'cut-tool-input',
  group: GROUP,
  severity: 'error',
  needs: 'state',
  applies: hasTools,
  *check(state) {
    yield* each(
      state,
      ({ blocks }) => blocks.filter((block) => block.kind === 'call' && isInputCut(state, block)),
      () => ({ repair: { id: 'close-input', details: {}, edits: null } }),
    );
  },
};

function isInputCut({ document }: StateView, { node }: ToolBlock): boolean {
  const input = document.member(node, 'input');
  if (input === undefined || document.kind(input) !== 'string' || document.stringByteLength(input) === 0) return false;
  return parseJson(encodeUtf8(document.string(input))).issues.some(({ severity }) => severity === 'error');
}

/** AgentScope 1.x puts the result into a message of its own: not where that would be a row of a database. */
function isAnswerable({ metadata }: StateView, { type }: ToolBlock): boolean {
  return type === 'tool_call' || !isOfRows(metadata.type);
}

function isUnderWay({ document }: StateView, { node, item, content }: ToolBlock): boolean {
  const list = document.parent(item);
  const isLast = document.indexInParent(item) === document.childCount(list) - 1;
  const state = document.member(node, 'state');
  return (
    isLast &&
    content >= 0 &&
    state !== undefined &&
    document.kind(state) === 'string' &&
    UNDER_WAY.has(document.string(state))
  );
}
