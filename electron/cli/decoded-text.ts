import type { JsonDocument, NodeId } from '../../shared/json/document.ts';
import { TYPE_MARK } from '../../shared/state/decoded-json.ts';

const BRACKETS = { array: ['[', ']'], object: ['{', '}'] } as const;

/**
 * A value of `decodedJson` for a person: `datetime("2026-11-20T08:00:00Z")`, `set["a", "b"]`, `robot.AgentStatus("busy")`,
 * `unknown shop.Money({…})`, and everything that JSON has as JSON, indented.
 */
export function decodedText(document: JsonDocument, node: NodeId = 0): string {
  const out: string[] = [];
  write(document, node, 0, out);
  return out.join('');
}

function write(doc: JsonDocument, node: NodeId, level: number, out: string[]): void {
  const kind = doc.kind(node);
  if ((kind !== 'array' && kind !== 'object') || doc.isOpaque(node)) {
    out.push(doc.rawText(node));
    return;
  }
  const type = textMember(doc, node, TYPE_MARK);
  const value = type === undefined ? undefined : doc.member(node, 'value');
  if (type !== undefined && value !== undefined) {
    const isList = doc.kind(value) === 'array' && type !== 'enum' && type !== 'unknown';
    out.push(labelOf(doc, node, type), isList ? '' : '(');
    write(doc, value, level, out);
    out.push(isList ? '' : ')');
    return;
  }
  const [open, close] = BRACKETS[kind];
  const newline = (at: number) => `\n${'  '.repeat(at)}`;
  out.push(open);
  let first = true;
  for (const child of doc.children(node)) {
    const name = doc.key(child);
    out.push(first ? '' : ',', newline(level + 1), name === undefined ? '' : `${JSON.stringify(unmarked(name))}: `);
    write(doc, child, level + 1, out);
    first = false;
  }
  out.push(first ? '' : newline(level), close);
}

function labelOf(doc: JsonDocument, node: NodeId, type: string): string {
  if (type === 'enum') return textMember(doc, node, 'enum') ?? type;
  if (type !== 'unknown') return type;
  return ['unknown', textMember(doc, node, 'name')].filter((part) => part !== undefined).join(' ');
}

/** The name as the data has it. */
function unmarked(name: string): string {
  return /^\$\$+type$/.test(name) ? name.slice(1) : name;
}

function textMember(doc: JsonDocument, node: NodeId, name: string): string | undefined {
  const member = doc.member(node, name);
  return member !== undefined && doc.kind(member) === 'string' ? doc.string(member) : undefined;
}
