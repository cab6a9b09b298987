/** A message of a conversation, in one shape for all the shapes that programs write. Plain data: it crosses to the window. */

export interface Message {
  /** Node of the message in its document. */
  readonly node: number;
  /** Position in its conversation, from 0. */
  readonly index: number;
  readonly id: string | null;
  readonly role: string | null;
  readonly name: string | null;
  /** As stored; a naive time stays naive. */
  readonly time: string | null;
  /** Marks of AgentScope's memory, e.g. `compressed`. */
  readonly marks: readonly string[];
  readonly blocks: readonly MessageBlock[];
}

interface BlockOf<T extends string> {
  readonly type: T;
  /** Node of the block, or of the message's content when that is a plain string. */
  readonly node: number;
}

export interface TextBlock extends BlockOf<'text'> {
  readonly text: string;
  /** The text is longer; the value pane shows all of it. */
  readonly cut: boolean;
}
export interface ThinkingBlock extends BlockOf<'thinking'> {
  readonly text: string;
  readonly cut: boolean;
}
export interface ToolCallBlock extends BlockOf<'tool-call'> {
  readonly id: string | null;
  readonly name: string | null;
  /** Indented JSON text where the input is JSON, else the text as it stands. */
  readonly input: string;
  readonly cut: boolean;
  /** AgentScope 2.x: pending, …; null in 1.x. */
  readonly state: string | null;
  /** Whether a result with this id is in the conversation; null where the call has no id. */
  readonly answered: boolean | null;
}
export interface ToolResultBlock extends BlockOf<'tool-result'> {
  readonly id: string | null;
  readonly name: string | null;
  readonly output: string;
  readonly cut: boolean;
  readonly state: string | null;
  /** Whether no call with this id is in the conversation; null where the result has no id. */
  readonly orphan: boolean | null;
}
export interface MediaBlock extends BlockOf<'media'> {
  readonly media: 'image' | 'audio' | 'video' | 'data';
  /** Shown as text only; never fetched. */
  readonly url: string | null;
  readonly mediaType: string | null;
  /** Size of an embedded payload in characters. */
  readonly characters: number | null;
}
export interface OtherBlock extends BlockOf<'other'> {
  /** The block's own type, e.g. `hint`. */
  readonly label: string;
  readonly json: string;
  readonly cut: boolean;
}

export type MessageBlock = TextBlock | ThinkingBlock | ToolCallBlock | ToolResultBlock | MediaBlock | OtherBlock;
