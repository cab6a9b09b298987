/**
 * A tool result that says that there is none, in the shape of what wrote the call. It is what AgentScope writes itself when a
 * person interrupts a call: 1.x a message of `system` behind the call's (ReActAgent.handle_interrupt), 2.x a block behind the
 * call, in state `interrupted`, with the call `finished` (Agent._close_unfinished_tool_calls).
 */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { quoteJson } from '../../../shared/json/json-string.ts';
import { textOf } from '../../../shared/messages/message-shape.ts';
import { membersOf, newId, objectText, rawMember, type Style, styleOf } from './json-pieces.ts';
import type { TextEdit } from './model.ts';
import type { ToolBlock, ToolPairs } from './tool-blocks.ts';

export const INTERRUPTED = 'The tool call was interrupted: its result was never saved.';

/** @param list the conversation's, with its `pairs` */
export function answerCall(
  document: JsonDocument,
  list: NodeId,
  pairs: ToolPairs,
  call: ToolBlock,
): readonly TextEdit[] {
  return call.type === 'tool_call' ? answerBeside(document, call) : answerBehind(document, list, pairs, call);
}

/** AgentScope 2.x. */
function answerBeside(document: JsonDocument, call: ToolBlock): readonly TextEdit[] {
  const style = styleOf(document, call.node);
  const time = rawMember(document, call.node, 'created_at');
  const timed = (members: readonly (readonly [string, string])[]): string => {
    const times =
      time === undefined
        ? []
        : ([
            ['created_at', time],
            ['finished_at', time],
          ] as const);
    return objectText([...members, ...times], style);
  };
  const output = timed([
    ['type', '"text"'],
    ['text', quoteJson(`<system-reminder>${INTERRUPTED}</system-reminder>`)],
    ['id', quoteJson(newId(textOf(document, call.message, 'id'), call.id, 'output'))],
  ]);
  const result = timed([
    ...identityOf(document, call),
    ['output', `[${output}]`],
    ['state', '"interrupted"'],
    ['metadata', '{}'],
  ]);
  const index = document.indexInParent(call.node) + 1;
  const state = document.member(call.node, 'state');
  const finished: readonly TextEdit[] = state === undefined ? [] : [{ op: 'set', node: state, text: '"finished"' }];
  return [...finished, { op: 'insert', parent: call.content, index, name: null, text: result }];
}

/** AgentScope 1.x and the design: a message of its own, like another one there that holds a result. */
function answerBehind(document: JsonDocument, list: NodeId, pairs: ToolPairs, call: ToolBlock): readonly TextEdit[] {
  const style = styleOf(document, call.message);
  const text = messageText(document, call, resultLike(pairs, call), style);
  const isPair = call.item !== call.message;
  const item = isPair ? `[${text}${style.comma}[]]` : text;
  return [{ op: 'insert', parent: list, index: placeBehind(call, pairs), name: null, text: item }];
}

/** Messages before the call among which a result is looked for. */
const NEAR = 200;

/** The last one before the call, else the first there is. */
function resultLike({ blocks, byIndex }: ToolPairs, { index }: ToolBlock): ToolBlock | undefined {
  const isResult = ({ kind }: ToolBlock) => kind === 'result';
  for (let at = index - 1; at >= Math.max(0, index - NEAR); at--) {
    const found = byIndex.get(at)?.findLast(isResult);
    if (found !== undefined) return found;
  }
  return blocks.find(isResult);
}

/** Behind the results of the same message's other calls that stand there already. */
function placeBehind({ index }: ToolBlock, { byIndex }: ToolPairs): number {
  const siblings = new Set(byIndex.get(index)?.map(({ id }) => id));
  let at = index + 1;
  while (byIndex.get(at)?.some(({ kind, id }) => kind === 'result' && siblings.has(id)) === true) at++;
  return at;
}

function messageText(document: JsonDocument, call: ToolBlock, like: ToolBlock | undefined, style: Style): string {
  const said = quoteJson(`<system-info>${INTERRUPTED}</system-info>`);
  const likeOutput = like === undefined ? undefined : document.member(like.node, 'output');
  const isText = likeOutput !== undefined && document.kind(likeOutput) === 'string';
  const output = isText
    ? said
    : `[${objectText(
        [
          ['type', '"text"'],
          ['text', said],
        ],
        style,
      )}]`;
  const content = `[${objectText([...identityOf(document, call), ['output', output]], style)}]`;
  const id = quoteJson(newId(textOf(document, call.message, 'id'), call.id, 'message'));
  const timeName = document.member(call.message, 'timestamp') === undefined ? 'created_at' : 'timestamp';
  const time = rawMember(document, call.message, timeName);
  const own: Readonly<Record<string, string | undefined>> = {
    id,
    content,
    metadata: '{}',
    // Of the agent that called, not of the one whose result it is modelled on.
    sender_id: rawMember(document, call.message, 'sender_id'),
    [timeName]: time,
  };
  if (like !== undefined && like.message !== call.message) {
    return objectText(
      membersOf(document, like.message).map(([name, text]) => [name, own[name] ?? text] as const),
      style,
    );
  }
  const members: readonly (readonly [string, string | undefined])[] = [
    ['id', id],
    ['name', '"system"'],
    ['role', '"system"'],
    ['sender_id', own['sender_id']],
    ['content', content],
    ['metadata', '{}'],
    [timeName, time],
  ];
  return objectText(
    members.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
    style,
  );
}

function identityOf(document: JsonDocument, call: ToolBlock): readonly (readonly [string, string])[] {
  const id = rawMember(document, call.node, 'id') ?? quoteJson(call.id);
  return [
    ['type', '"tool_result"'],
    ['id', id],
    ['name', rawMember(document, call.node, 'name') ?? '""'],
  ];
}
