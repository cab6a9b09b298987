/** A message's content as blocks, whichever AgentScope wrote it. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { encodeUtf8, textPrefix } from '../json/json-string.ts';
import { parseJson } from '../json/parse.ts';
import { formatJsonPrefix } from '../json/print.ts';
import type {
  MediaBlock,
  MessageBlock,
  OtherBlock,
  TextBlock,
  ThinkingBlock,
  ToolCallBlock,
  ToolResultBlock,
} from './message.ts';
import { textOf } from './message-shape.ts';
import type { ToolIds } from './tool-ids.ts';

export interface BlockOptions {
  /** Longer texts are cut. */
  readonly maxTextChars: number;
  /** The ids of the whole conversation, to tell which calls have a result; null when it is not known. */
  readonly tools: ToolIds | null;
}

interface Excerpt {
  readonly text: string;
  readonly truncated: boolean;
}

/** The blocks of a `content` member; none when there is no content. */
export function readBlocks(doc: JsonDocument, content: NodeId | undefined, options: BlockOptions): MessageBlock[] {
  if (content === undefined || doc.kind(content) === 'null') return [];
  if (doc.kind(content) !== 'array') return [readBlock(doc, content, options)];
  return Array.from(doc.children(content), (block) => readBlock(doc, block, options));
}

function readBlock(doc: JsonDocument, n: NodeId, options: BlockOptions): MessageBlock {
  if (doc.kind(n) === 'string') return textBlock(doc, 'text', n, n, options);
  const type = doc.kind(n) === 'object' ? textOf(doc, n, 'type') : null;
  switch (type) {
    case 'text':
    case 'thinking': {
      const text = doc.member(n, type);
      return text !== undefined && doc.kind(text) === 'string'
        ? textBlock(doc, type, n, text, options)
        : otherBlock(doc, n, type, options);
    }
    // 1.x
    case 'tool_use':
    // 2.x
    case 'tool_call':
      return toolCall(doc, n, options);
    case 'tool_result':
      return toolResult(doc, n, options);
    case 'image':
    case 'audio':
    case 'video':
    case 'data':
      return mediaBlock(doc, n, type) ?? otherBlock(doc, n, type, options);
    case null:
    default:
      return otherBlock(doc, n, type ?? doc.kind(n), options);
  }
}

function textBlock(
  doc: JsonDocument,
  type: 'text' | 'thinking',
  node: NodeId,
  value: NodeId,
  { maxTextChars }: BlockOptions,
): TextBlock | ThinkingBlock {
  const { text, truncated } = doc.stringPrefix(value, maxTextChars);
  return { type, node, text, cut: truncated };
}

function otherBlock(doc: JsonDocument, node: NodeId, label: string, { maxTextChars }: BlockOptions): OtherBlock {
  const { text, truncated } = formatJsonPrefix(doc, node, maxTextChars);
  return { type: 'other', node, label, json: text, cut: truncated };
}

function toolCall(doc: JsonDocument, node: NodeId, { maxTextChars, tools }: BlockOptions): ToolCallBlock {
  const id = textOf(doc, node, 'id');
  const input = inputText(doc, doc.member(node, 'input'), maxTextChars);
  return {
    type: 'tool-call',
    node,
    id,
    name: textOf(doc, node, 'name'),
    input: input.text,
    cut: input.truncated,
    state: textOf(doc, node, 'state'),
    answered: id === null || tools === null ? null : tools.results.has(id),
  };
}

function toolResult(doc: JsonDocument, node: NodeId, { maxTextChars, tools }: BlockOptions): ToolResultBlock {
  const id = textOf(doc, node, 'id');
  const output = outputText(doc, doc.member(node, 'output'), maxTextChars);
  return {
    type: 'tool-result',
    node,
    id,
    name: textOf(doc, node, 'name'),
    output: output.text,
    cut: output.truncated,
    state: textOf(doc, node, 'state'),
    orphan: id === null || tools === null ? null : !tools.calls.has(id),
  };
}

/** 1.x has the arguments as a value, 2.x as the text that the model wrote, which may break off (agentscope #2469). */
function inputText(doc: JsonDocument, n: NodeId | undefined, maxChars: number): Excerpt {
  if (n === undefined) return { text: '', truncated: false };
  if (doc.kind(n) !== 'string') return formatJsonPrefix(doc, n, maxChars);
  const written = doc.stringPrefix(n, maxChars);
  if (written.truncated) return written;
  const { document, issues } = parseJson(encodeUtf8(written.text));
  return document && issues.length === 0 ? formatJsonPrefix(document, 0, maxChars) : written;
}

/** A text, or the texts of a list of text blocks on lines of their own, or else the JSON as it stands. */
function outputText(doc: JsonDocument, n: NodeId | undefined, maxChars: number): Excerpt {
  if (n === undefined) return { text: '', truncated: false };
  const kind = doc.kind(n);
  if (kind === 'string') return doc.stringPrefix(n, maxChars);
  const texts: string[] = [];
  let length = 0;
  for (const block of doc.children(n)) {
    const text = kind === 'array' && doc.kind(block) === 'object' ? doc.member(block, 'text') : undefined;
    if (text === undefined || doc.kind(text) !== 'string' || textOf(doc, block, 'type') !== 'text')
      return formatJsonPrefix(doc, n, maxChars);
    if (length > maxChars) continue;
    const piece = doc.string(text, maxChars + 2);
    texts.push(piece);
    length += piece.length + 1;
  }
  return texts.length > 0 ? textPrefix(texts.join('\n'), maxChars) : formatJsonPrefix(doc, n, maxChars);
}

/** 1.x: image, audio, video; 2.x: data, of which the media type tells the kind. Undefined when there is no source. */
function mediaBlock(doc: JsonDocument, node: NodeId, type: MediaBlock['media']): MediaBlock | undefined {
  const source = doc.member(node, 'source');
  if (source === undefined || doc.kind(source) !== 'object') return undefined;
  const mediaType = textOf(doc, source, 'media_type');
  const url = doc.member(source, 'url');
  const data = doc.member(source, 'data');
  return {
    type: 'media',
    node,
    media: type === 'data' ? mediaOf(mediaType) : type,
    url: url !== undefined && doc.kind(url) === 'string' ? doc.string(url, MAX_URL) : null,
    mediaType,
    // Base64 needs no escapes: its bytes are its characters.
    characters: data !== undefined && doc.kind(data) === 'string' ? doc.stringByteLength(data) : null,
  };
}

/** A `data:` URL may be the whole payload. */
const MAX_URL = 2000;

function mediaOf(mediaType: string | null): MediaBlock['media'] {
  const kind = mediaType?.split('/')[0];
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'data';
}
