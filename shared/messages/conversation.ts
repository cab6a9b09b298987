import type { JsonDocument, NodeId } from '../json/document.ts';
import type { JsonPath } from '../json/path.ts';
import type { Message } from './message.ts';
export type { Message, MessageBlock } from './message.ts';
export interface ConversationRef {
  readonly node: NodeId;
  readonly path: JsonPath;
  readonly label: string;
  readonly shape: 'list' | 'marked' | 'context' | 'messages';
  readonly count: number;
  readonly summary: string | null;
}
export declare function findConversations(doc: JsonDocument): ConversationRef[];
/** -1 when there is no message at this index. */
export declare function messageNode(doc: JsonDocument, conversation: ConversationRef, index: number): NodeId;
export declare function readMessage(doc: JsonDocument, node: NodeId, options?: ReadMessageOptions): Message;
export declare function readMessages(doc: JsonDocument, conversation: ConversationRef, offset: number, limit: number, options?: ReadMessageOptions): Message[];
export declare function messageLabel(doc: JsonDocument, n: NodeId): string | null;
export interface ReadMessageOptions { readonly maxTextChars?: number }
