/** The words of an expression. */
import type { FaultParams, QueryFaultCode } from '../../../shared/ipc/history.ts';

export type ExpressionToken =
  | { readonly kind: 'word' | 'mark' | 'path'; readonly text: string; readonly offset: number }
  | {
      readonly kind: 'literal';
      readonly text: string;
      readonly offset: number;
      readonly value: string | number | boolean | null;
    };

export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
  readonly offset: number;
  readonly code: QueryFaultCode;
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

const SPACE = /\s+/y;
const MARK = /==|!=|<=|>=|<|>|\(|\)/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]+/y;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y;
/** The part of a JSONPath up to its next bracket. */
const STEPS = /\$?(?:\.{1,2}(?:\*|[\p{L}\p{N}_\u{80}-\u{10ffff}]+)?)*/uy;
const WORD_VALUES: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** @throws ExpressionFault for what is no word of an expression. */
export function expressionTokens(text: string): readonly ExpressionToken[] {
  const tokens: ExpressionToken[] = [];
  for (let offset = 0; offset < text.length; ) {
    const space = at(SPACE, text, offset);
    if (space !== undefined) {
      offset += space.length;
      continue;
    }
    const token = tokenAt(text, offset);
    tokens.push(token);
    offset += token.text.length;
  }
  return tokens;
}

function tokenAt(text: string, offset: number): ExpressionToken {
  if (text[offset] === '$') return { kind: 'path', text: text.slice(offset, endOfPath(text, offset)), offset };
  const string = at(STRING, text, offset);
  if (string !== undefined) return { kind: 'literal', text: string, offset, value: content(string, offset) };
  const number = at(NUMBER, text, offset);
  if (number !== undefined) return { kind: 'literal', text: number, offset, value: Number(number) };
  const mark = at(MARK, text, offset);
  if (mark !== undefined) return { kind: 'mark', text: mark, offset };
  const word = at(WORD, text, offset);
  const value = WORD_VALUES.get(word ?? '');
  if (word !== undefined && value !== undefined) return { kind: 'literal', text: word, offset, value };
  if (word !== undefined) return { kind: 'word', text: word, offset };
  const char = text[offset] ?? '';
  if (char === '"' || char === "'") {
    throw new ExpressionFault('unclosed', offset, [char], `a closing ${char} is missing`, { mark: char });
  }
  throw new ExpressionFault('meaningless', offset, [], `${char} means nothing here`, { value: char });
}

/** A path goes on over its brackets, whatever stands in them; json-p3 checks it. */
function endOfPath(text: string, offset: number): number {
  let end = offset;
  for (;;) {
    end += at(STEPS, text, end)?.length ?? 0;
    if (text[end] !== '[') return end;
    end = endOfBracket(text, end);
  }
}

function endOfBracket(text: string, offset: number): number {
  let open = 0;
  for (let end = offset; end < text.length; ) {
    const char = text[end];
    const string = at(STRING, text, end);
    if (char === '[') open += 1;
    if (char === ']') open -= 1;
    end += string?.length ?? 1;
    if (open === 0) return end;
  }
  throw new ExpressionFault('unclosed', offset, [']'], 'a closing ] is missing', { mark: ']' });
}

/** As JSON reads it; in single quotes a double one needs no backslash. */
function content(quoted: string, offset: number): string {
  const inner = quoted.slice(1, -1);
  const json = quoted.startsWith("'") ? inner.replace(/\\'|"/g, (found) => (found === '"' ? '\\"' : "'")) : inner;
  try {
    return String(JSON.parse(`"${json}"`));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `${quoted} has an escape that JSON does not know`;
    throw new ExpressionFault('bad-escape', offset, ['"text"'], message, { value: quoted });
  }
}

function at(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  const found = pattern.exec(text)?.[0];
  return found === '' ? undefined : found;
}
