/**
 * File names for ids: any text becomes a relative path that Linux, macOS and Windows all take, and comes back from it.
 *
 * What is plain stays readable (`planner`, `计划`); what a file system refuses or changes is percent-encoded UTF-8 (`agent%3A1`).
 * A `%` is always encoded, so that `%` followed by anything but two hexadecimal digits is free for two marks of our own:
 *
 * - `%=` begins a strict name, in which upper-case letters are encoded as well. It is used where another name that differs
 *   in case only is taken, since macOS and Windows take these two for one. `%=` alone is the empty id.
 * - `%+` joins the parts of a name that is too long for one: `BEGINNING%+/%+END`.
 *
 * A path that no id is encoded to, such as another program's `100%`, `a%41`, `agent:1` or `sub/x`, is its own id.
 */
import { decodeUtf8, encodeUtf8, utf8Length } from '../../../shared/json/json-string.ts';
import { SourceError } from '../sources/source-error.ts';

const STRICT = '%=';
const JOIN = '%+';
/**
 * Bytes of one part. File systems take 255; an ending (`.json.gz`), the mark of a copy in the trash (44 bytes, file-trash.ts) and
 * that of a temporary file (18, replace-file.ts) are added to it.
 */
const LONGEST_PART = 180;
const LONGEST_NAME = 255;
/** Windows: https://learn.microsoft.com/windows/win32/fileio/naming-a-file. Noncharacters and half pairs: APFS. */
const REFUSED = /[<>:"/\\|?*%\p{Cc}\p{Noncharacter_Code_Point}\p{Surrogate}]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;
/** Folders of the base that hold no states: our copies, and what readers pass over (files/walk.ts). */
const RESERVED = /^(?:backups|node_modules|__pycache__)$/i;

/** Relative path with `/`, without ending. */
export function encodeName(id: string): string {
  return id === ''
    ? STRICT
    : joined(
        '',
        unitsOf(id, DEVICE.test(id), () => false),
      );
}

/** Like `encodeName`; two of these, and one of these and one of those, never differ in case only. */
export function encodeStrictName(id: string): string {
  return joined(STRICT, unitsOf(id, false, hasCase));
}

/** The way back, for any relative path with `/` and without ending. */
export function decodeName(path: string): string {
  const name = path.replaceAll(`${JOIN}/${JOIN}`, '');
  const strict = name.startsWith(STRICT);
  const id = unescape(strict ? name.slice(STRICT.length) : name);
  return (strict ? encodeStrictName(id) : encodeName(id)) === path ? id : path;
}

/** Every path under which a state may be stored: the usual one first. */
export function namesOf(id: string): readonly string[] {
  const names = [encodeName(id), encodeStrictName(id)];
  if (!names.includes(id) && isForeignName(id) && decodeName(id) === id) names.push(id);
  return [...new Set(names)];
}

/** The folder of a category. @throws SourceError `invalid-key` for one of more than some 180 bytes. */
export function encodeCategory(category: string): string {
  const [first = ''] = category;
  if (RESERVED.test(category)) return escape(first) + category.slice(1);
  return onePart(category, encodeName(category));
}

/** @throws SourceError `invalid-key`. */
export function encodeStrictCategory(category: string): string {
  return onePart(category, encodeStrictName(category));
}

/** The way back, for any folder's name. */
export function decodeCategory(folder: string): string {
  const category = unescape(folder.startsWith(STRICT) ? folder.slice(STRICT.length) : folder);
  return RESERVED.test(category) && encodeCategory(category) === folder ? category : decodeName(folder);
}

/** The folders in which a category's states may lie: the usual one first. @throws SourceError `invalid-key`. */
export function foldersOf(category: string): readonly string[] {
  const folders = [encodeCategory(category), encodeStrictCategory(category)];
  const foreign = !category.includes('/') && isForeignName(category) && !RESERVED.test(category);
  if (foreign && decodeCategory(category) === category) folders.push(category);
  return [...new Set(folders)];
}

/** Characters, each as it is written. */
function unitsOf(id: string, encodeFirst: boolean, alsoEncoded: (char: string) => boolean): readonly string[] {
  const chars = Array.from(id);
  const last = chars.length - 1;
  const encode = (escapes: (char: string) => boolean) =>
    chars.map((char, at) => {
      const edge = (at === 0 && (char === '.' || encodeFirst)) || (at === last && (char === '.' || char === ' '));
      return edge || REFUSED.test(char) || escapes(char) ? escape(char) : char;
    });
  const units = encode(alsoEncoded);
  const name = units.join('');
  // macOS takes all spellings of an accented letter for one name, and some systems change one into another.
  return name === name.normalize('NFC') ? units : encode((char) => char > '\x7f' || alsoEncoded(char));
}

/** The two forms of a letter may be told apart by their length only: ß and SS. */
function hasCase(char: string): boolean {
  return char.toLowerCase() !== char || char.toUpperCase().toLowerCase() !== char;
}

function joined(start: string, units: readonly string[]): string {
  const parts: string[] = [];
  let part = start;
  let bytes = part.length;
  for (const unit of units) {
    const size = utf8Length(unit);
    if (bytes + size > LONGEST_PART) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += unit;
    bytes += size;
  }
  parts.push(part);
  return parts.join(`${JOIN}/${JOIN}`);
}

function escape(char: string): string {
  return Array.from(encodeUtf8(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function unescape(name: string): string {
  return name.replace(/(?:%[0-9A-F]{2})+/g, (run) => decodeUtf8(Buffer.from(run.replaceAll('%', ''), 'hex')));
}

function onePart(category: string, folder: string): string {
  if (!folder.includes('/')) return folder;
  const key = `${category}:`;
  throw new SourceError('invalid-key', `The kind of ${key} is too long for a folder's name. Choose a shorter one.`, {
    key,
  });
}

/** Whether a path could be there although it is not of our making, and may be asked for. */
function isForeignName(path: string): boolean {
  return !LONE_SURROGATE.test(path) && path.split('/').every((part) => isForeignPart(part));
}

function isForeignPart(part: string): boolean {
  if (part === '' || part.startsWith('.') || part.includes('\0') || utf8Length(part) > LONGEST_NAME) return false;
  if (process.platform !== 'win32') return true;
  return !/[<>:"\\|?*]|[. ]$/.test(part) && !DEVICE.test(part);
}
