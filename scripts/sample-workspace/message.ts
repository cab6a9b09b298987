/** Messages in the block shapes of AgentScope 1.x: text, thinking, tool_use, tool_result. */
import { isoTime } from './clock.ts';
import { dumps, float, type PyDict, type PyValue } from './python-json.ts';

export interface Message {
  readonly id: string;
  readonly at: number;
  /** Key of who sent it; for a tool's answer, of the agent that called the tool. */
  readonly sender: string;
  readonly name: string;
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly PyDict[];
  /** Only an assistant's message has one. */
  readonly reply: Reply | null;
}

export interface Reply {
  /** Seconds from the message it answers. */
  readonly responseTime: number;
  /** Estimated tokens of all that the agent had in its context. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly agent: string;
  readonly calledAt: number;
  answeredAt: number | null;
}

export function textBlock(text: string): PyDict {
  return { type: 'text', text };
}

export function thinkingBlock(thinking: string): PyDict {
  return { type: 'thinking', thinking };
}

export function toolUseBlock(id: string, name: string, input: PyDict): PyDict {
  return { type: 'tool_use', id, name, input };
}

export function toolResultBlock(id: string, name: string, text: string): PyDict {
  return { type: 'tool_result', id, name, output: [textBlock(text)] };
}

/** What a tool's JSON answer looks like inside of a text block. */
export function jsonAnswer(value: PyValue): string {
  return dumps(value, { ensureAscii: false });
}

/** An estimate: a Chinese character counts as 0.7 tokens and any other as 0.27. */
export function tokensOf(text: string): number {
  const wide = text.match(/[\u2e80-\uffef]/g)?.length ?? 0;
  return Math.round(wide * 0.7 + (text.length - wide) * 0.27);
}

function metadataOf(reply: Reply | null): PyDict {
  if (reply === null) return {};
  return {
    response_time: float(reply.responseTime),
    usage: { input_tokens: reply.inputTokens, output_tokens: reply.outputTokens },
  };
}

/** The message dictionary that an agent keeps in its `conversation_context`. */
export function agentScopeMessage(message: Message): PyDict {
  return {
    id: message.id,
    name: message.name,
    role: message.role,
    content: message.content,
    metadata: metadataOf(message.reply),
    timestamp: isoTime(message.at),
  };
}

/** The same message as a session keeps it: id, time and sender come first. */
export function sessionMessage(message: Message): PyDict {
  return {
    id: message.id,
    timestamp: isoTime(message.at),
    sender_id: message.sender,
    name: message.name,
    role: message.role,
    content: message.content,
    metadata: metadataOf(message.reply),
  };
}
