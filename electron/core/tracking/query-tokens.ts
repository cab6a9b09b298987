/** The words of a query. */
import type { FaultParams, QueryFaultCode } from '../../../shared/ipc/history.ts';

export interface QueryToken {
  readonly kind: '(' | ')' | '-' | 'word' | 'field';
  /** As it stands there, or the content of its quotes. */
  readonly text: string;
  readonly offset: number;
  readonly quoted: boolean;
  /** Of a field. */
  readonly field: string;
  readonly op: ':' | '>' | '>=' | '<' | '<=' | '=';
  readonly value: string;
  readonly valueOffset: number;
}

export class QueryFault extends Error {
  override readonly name = 'QueryFault';
  readonly code: QueryFaultCode;
  readonly offset: number;
  readonly expected: readonly string[];
  /** For its text in another language. */
  readonly params: FaultParams;

  constructor(
    code: QueryFaultCode,
    offset: number,
    expected: readonly string[],
    message: string,
    params: FaultParams = {},
  ) {
    super(message);
    this.code = code;
    this.offset = offset;
    this.expected = expected;
    this.params = params;
  }
}

const FIELD = /([A-Za-z]+)(:|>=|>|<=|<|=)/y;
const WORD = /[^\s()"]+/y;

const PLAIN = { quoted: false, field: '', op: ':', value: '', valueOffset: 0 } as const;

/** @throws QueryFault for quotes that do not end. */
export function tokensOf(query: string): readonly QueryToken[] {
  const tokens: QueryToken[] = [];
  for (let at = 0; at < query.length; ) {
    const char = query[at] ?? '';
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '(' || char === ')') {
      tokens.push({ ...PLAIN, kind: char, text: char, offset: at });
      at += 1;
    } else if (char === '-' && /\S/.test(query[at + 1] ?? '')) {
      tokens.push({ ...PLAIN, kind: '-', text: char, offset: at });
      at += 1;
    } else {
      const [token, end] = wordAt(query, at);
      tokens.push(token);
      at = end;
    }
  }
  return tokens;
}

function wordAt(query: string, offset: number): [QueryToken, number] {
  if (query[offset] === '"') {
    const [text, end] = quotedAt(query, offset);
    return [{ ...PLAIN, kind: 'word', text, offset, quoted: true }, end];
  }
  FIELD.lastIndex = offset;
  const found = FIELD.exec(query);
  if (found === null) {
    const text = plainAt(query, offset);
    return [{ ...PLAIN, kind: 'word', text, offset }, offset + text.length];
  }
  const [text, field = '', op = ':'] = found;
  const valueOffset = offset + text.length;
  const [value, end] = query[valueOffset] === '"' ? quotedAt(query, valueOffset) : bareAt(query, valueOffset);
  const token = { kind: 'field', field: field.toLowerCase(), op: op as QueryToken['op'], value, valueOffset } as const;
  return [{ ...token, text: query.slice(offset, end), offset, quoted: false }, end];
}

function bareAt(query: string, offset: number): [string, number] {
  const text = plainAt(query, offset);
  return [text, offset + text.length];
}

function plainAt(query: string, offset: number): string {
  WORD.lastIndex = offset;
  return WORD.exec(query)?.[0] ?? '';
}

/** `\"` and `\\` within the quotes stand for the second of the two. */
function quotedAt(query: string, offset: number): [string, number] {
  let text = '';
  for (let at = offset + 1; at < query.length; at += 1) {
    const char = query[at] ?? '';
    if (char === '"') return [text, at + 1];
    const next = query[at + 1];
    if (char === '\\' && (next === '"' || next === '\\')) {
      text += next;
      at += 1;
    } else {
      text += char;
    }
  }
  throw new QueryFault('unclosed', offset, ['"'], 'a closing " is missing', { mark: '"' });
}
