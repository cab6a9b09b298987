/** What a Redis key of AgentScope stands for. Every prefix is configurable, so that only the tail is matched. */

export interface RedisKey {
  readonly kind: string;
  readonly id: string;
  /** A shorter name by which a person knows it. */
  readonly alias: string | null;
  /** The class that wrote it. */
  readonly label: string | null;
}

interface Pattern {
  readonly pattern: RegExp;
  readonly kind: string;
  readonly label: string;
}

/** Captures become the id, joined with `/`. */
const PATTERNS: readonly Pattern[] = [
  // AgentScope 1.0.14+ RedisSession, and RedisStorage of the first 2.x with its agent.
  { pattern: /(?:^|:)user_id:(.+?):session:(.+?)(?::agent:(.+))?:state$/, kind: 'session', label: 'RedisSession' },
  // AgentScope 1.x RedisMemory: a list of message ids, messages beside it.
  { pattern: /(?:^|:)user_id:(.+?):session:(.+?):messages$/, kind: 'conversation', label: 'RedisMemory' },
  { pattern: /(?:^|:)user_id:(.+?):session:(.+?):msg:(.+)$/, kind: 'message', label: 'Msg' },
  // AgentScope 2.x RedisStorage.
  { pattern: /(?:^|:)user:(.+?):session:(.+):messages$/, kind: 'conversation', label: 'Msg[]' },
  { pattern: /(?:^|:)user:(.+?):session:([^:]+)$/, kind: 'session', label: 'SessionRecord' },
  { pattern: /(?:^|:)user:(.+?):agent:([^:]+)$/, kind: 'agent', label: 'AgentRecord' },
  { pattern: /(?:^|:)user:(.+?):schedule:([^:]+)$/, kind: 'schedule', label: 'ScheduleRecord' },
  { pattern: /(?:^|:)user:(.+?):team:([^:]+)$/, kind: 'team', label: 'TeamRecord' },
  { pattern: /(?:^|:)user:(.+?):knowledge_base:([^:]+)$/, kind: 'knowledge_base', label: 'KnowledgeBaseRecord' },
  {
    pattern: /(?:^|:)user:(.+?):knowledge_base:(.+?):document:(.+)$/,
    kind: 'knowledge_document',
    label: 'KnowledgeDocumentRecord',
  },
];

export function describeRedisKey(key: string): RedisKey {
  for (const { pattern, kind, label } of PATTERNS) {
    const captures = pattern
      .exec(key)
      ?.slice(1)
      .filter((part) => part !== undefined);
    const last = captures?.at(-1);
    if (captures && last !== undefined) return { kind, id: captures.join('/'), alias: `${kind}:${last}`, label };
  }
  return { kind: 'redis', id: key, alias: null, label: null };
}

/** AgentScope 2.x keeps plaintext secrets under `…:credential:ID` and their list under `…:credentials`. */
export function isCredentialKey(key: string): boolean {
  return describeRedisKey(key).kind === 'redis' && key.split(':').some((part) => /^credentials?$/i.test(part));
}
