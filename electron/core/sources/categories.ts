/** The design's categories, as folders and as a column, and the kinds of keys they stand for. */
const KINDS: Readonly<Record<string, string>> = { agents: 'agent', sessions: 'session', conversations: 'conversation' };

/** `agents` → `agent`; any other category is its own kind. */
export function kindOfCategory(category: string): string {
  if (category === '') return 'state';
  return Object.hasOwn(KINDS, category) ? (KINDS[category] ?? category) : category;
}

/** The way back: `agent` → `agents`; any other kind is its own category. */
export function categoryOfKind(kind: string): string {
  return Object.keys(KINDS).find((category) => KINDS[category] === kind) ?? kind;
}

/** The folders that the design names. */
export function isNamedCategory(folder: string): boolean {
  return Object.hasOwn(KINDS, folder);
}

/** The folder that holds copies and is no category. */
export const BACKUPS_FOLDER = 'backups';
