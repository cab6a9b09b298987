/**
 * JSON text exactly as Python's `json.dumps` writes it: `553.0` stays a float, integers have no limit, NaN is bare, and a
 * dict with the keys `1` and `"1"` prints both as `"1"`. JSON.stringify can do none of that.
 * Source: CPython 3.11, Lib/json/encoder.py and float.__repr__.
 */

/** A Python float. A plain JavaScript number prints as an int when it has no fraction, this never does. */
export class PyFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A JSON object. Use a Map where the order of integer-like keys matters, or where 1 and "1" are two keys. */
export interface PyDict {
  readonly [key: string]: PyValue;
}
export type PyMap = ReadonlyMap<string | number, PyValue>;
export type PyValue = null | boolean | number | bigint | string | PyFloat | readonly PyValue[] | PyMap | PyDict;

export interface DumpOptions {
  /** Spaces per level; absent means one line, with Python's `", "` and `": "`. */
  readonly indent?: number;
  /** True escapes everything outside of ASCII, as Python does by default. */
  readonly ensureAscii: boolean;
  readonly sortKeys?: boolean;
}

export function float(value: number): PyFloat {
  return new PyFloat(value);
}

/** Money and measurements: a float rounded to two decimals, free of binary dust such as 1872.0000000000002. */
export function cents(value: number): PyFloat {
  return new PyFloat(Math.round(value * 100) / 100);
}

export function dumps(value: PyValue, options: DumpOptions): string {
  return print(value, options, 0);
}

function print(value: PyValue, options: DumpOptions, depth: number): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  if (typeof value === 'string') return stringText(value, options.ensureAscii);
  if (value instanceof PyFloat) return floatText(value.value);
  if (isList(value)) {
    const items = value.map((item) => print(item, options, depth + 1));
    return wrap('[', items, ']', options, depth);
  }
  const items = sorted(entriesOf(value), options).map(
    ([key, item]) => `${stringText(String(key), options.ensureAscii)}: ${print(item, options, depth + 1)}`,
  );
  return wrap('{', items, '}', options, depth);
}

function isList(value: object): value is readonly PyValue[] {
  return Array.isArray(value);
}

function entriesOf(value: PyMap | PyDict): (readonly [string | number, PyValue])[] {
  return value instanceof Map ? [...value.entries()] : Object.entries(value);
}

/** Python's order of strings. UTF-8 bytes sort the same way, UTF-16 units do not. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function sorted(
  entries: (readonly [string | number, PyValue])[],
  options: DumpOptions,
): (readonly [string | number, PyValue])[] {
  if (options.sortKeys !== true) return entries;
  return entries.toSorted(([a], [b]) => byCodePoint(String(a), String(b)));
}

function wrap(open: string, items: readonly string[], close: string, options: DumpOptions, depth: number): string {
  if (items.length === 0) return open + close;
  if (options.indent === undefined) return open + items.join(', ') + close;
  const inner = `\n${' '.repeat(options.indent * (depth + 1))}`;
  const outer = `\n${' '.repeat(options.indent * depth)}`;
  return open + inner + items.join(`,${inner}`) + outer + close;
}

/** Python switches to an exponent below 1e-4 and from 1e16 on, and pads it to two digits. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  // JavaScript keeps plain digits down to 1e-6 and up to 1e21, so nothing in this range has an exponent.
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function stringText(text: string, ensureAscii: boolean): string {
  const quoted = JSON.stringify(text);
  if (!ensureAscii) return quoted;
  return quoted.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
