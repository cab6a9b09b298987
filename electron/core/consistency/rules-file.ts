/**
 * `statescope.rules.yaml`: a person's own rules, which states have to be there, and which built-in rules are off or weigh
 * otherwise. The file may come with a folder that somebody else made: it is data, bounded, and nothing in it is ever run.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FINDING_SEVERITIES, type FindingSeverity } from '../../../shared/ipc/consistency.ts';
import { readStable } from '../files/read-stable.ts';
import { type DataPath, LONGEST_FILE, YamlText } from '../persistence/rules-yaml.ts';
import { toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { type OwnRule, ownRule } from './own-rule.ts';
import type { StateRule } from './rule.ts';
import { builtInRules } from './rules.ts';

export const RULES_FILE = 'statescope.rules.yaml';

export interface RulesFile {
  /** Absolute path; null for none. */
  readonly location: string | null;
  /** Null: it does not say. */
  readonly required: readonly string[] | null;
  readonly off: ReadonlySet<string>;
  readonly severities: ReadonlyMap<string, FindingSeverity>;
  readonly rules: readonly StateRule[];
}

export const NO_RULES_FILE: RulesFile = {
  location: null,
  required: null,
  off: new Set(),
  severities: new Map(),
  rules: [],
};

const MOST_RULES = 200;
const LONGEST_TEXT = 2000;
/** More than the longest text of a rules file can have, at up to four bytes for a character. */
const MOST_BYTES = 4 * LONGEST_FILE;
/** Faults that are told; whoever mends these sees the others. */
const MOST_FAULTS = 20;

const text = (what: string) =>
  z
    .string({ error: `${what} is a text` })
    .min(1, { error: `${what} is missing` })
    .max(LONGEST_TEXT, {
      error: `${what} has at most ${LONGEST_TEXT} characters`,
    });
const severity = z.enum(FINDING_SEVERITIES, { error: `a severity is one of ${FINDING_SEVERITIES.join(', ')}` });
const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: `${what} is a list` }).max(MOST_RULES, { error: `${what} has at most ${MOST_RULES} entries` });

const rule = z.strictObject(
  {
    id: text('id').regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
      error: 'an id has letters, digits, points, _ and -, at most 64',
    }),
    where: text('where').optional(),
    must: text('must'),
    severity: severity.optional(),
    message: text('message'),
    why: text('why').optional(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'a rule is a mapping with id, must and message' : undefined) },
);

const schema = z.strictObject(
  {
    required: list(text('a key'), 'required').nullish(),
    off: list(text('an id'), 'off').nullish(),
    severity: z.record(z.string(), severity, { error: 'severity is a mapping of rules to severities' }).nullish(),
    rules: list(rule, 'rules').nullish(),
  },
  {
    error: (issue) =>
      issue.code === 'invalid_type' ? 'the file is a mapping with required, off, severity and rules' : undefined,
  },
);

/** That of the folder, if it has one. @throws SourceError `bad-config`, and what reading it comes to. */
export async function rulesOfFolder(location: string): Promise<RulesFile> {
  const file = join(location, RULES_FILE);
  const info = await stat(file).catch(() => null);
  return info?.isFile() === true ? readRulesFile(file) : NO_RULES_FILE;
}

/** @param location absolute path. @throws SourceError `bad-config` with every fault and its line; `path-missing`, … */
export async function readRulesFile(location: string): Promise<RulesFile> {
  return parseRulesFile(await textOf(location), location);
}

async function textOf(location: string): Promise<string> {
  try {
    const info = await stat(location);
    // What is read from a pipe or a device may never end.
    if (!info.isFile()) throw notRules(location, 'it is no file');
    if (info.size > MOST_BYTES) throw notRules(location, `it has more than ${MOST_BYTES} bytes`);
    return (await readStable(location)).bytes.toString();
  } catch (error) {
    throw toSourceError(error, location);
  }
}

function notRules(location: string, reason: string): SourceError {
  const message = `${location} cannot hold rules: ${reason}. Name the YAML file that holds them.`;
  return new SourceError('bad-config', message, { location, reason });
}

/** @throws SourceError `bad-config` with every fault and its line. */
export function parseRulesFile(yamlText: string, location: string): RulesFile {
  const yaml = new YamlText(yamlText);
  const data = yaml.data() ?? {};
  const faults: Fault[] = yaml.faults.map(({ line, column, message }) => ({ line, column, message }));
  const tell: Tell = (path, message, atKey = false) => faults.push({ ...yaml.placeOf(path, atKey), message });
  const checked = schema.safeParse(data);
  if (yaml.faults.length === 0 && !checked.success) for (const issue of checked.error.issues) schemaFault(issue, tell);
  const rules = yaml.faults.length === 0 && checked.success ? together(checked.data, tell) : [];
  if (faults.length > 0 || !checked.success) throw badRules(location, faults);
  const { required, off, severity: severities } = checked.data;
  return {
    location,
    required: required ?? null,
    off: new Set(off),
    severities: new Map(Object.entries(severities ?? {})),
    rules,
  };
}

interface Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
type Tell = (path: DataPath, message: string, atKey?: boolean) => void;

function schemaFault(issue: z.core.$ZodIssue, tell: Tell): void {
  if (issue.code !== 'unrecognized_keys') return tell(issue.path, issue.message);
  for (const name of issue.keys) tell([...issue.path, name], `there is no ${name} here`, true);
}

/** What one member does not show alone: names that are unknown or taken, and questions that are not understood. */
function together(data: z.infer<typeof schema>, tell: Tell): readonly StateRule[] {
  const builtIn = new Set(builtInRules().map(({ id }) => id));
  const own = new Set<string>();
  const rules = (data.rules ?? []).flatMap((written, at) => {
    const { id } = written;
    if (builtIn.has(id) || own.has(id)) tell(['rules', at, 'id'], `the id ${id} is taken: choose another`);
    own.add(id);
    const made: OwnRule = ownRule(written);
    for (const { member, message } of made.faults) tell(['rules', at, member], message);
    return made.rule === null ? [] : [made.rule];
  });
  const isKnown = (id: string) => builtIn.has(id) || own.has(id);
  for (const [at, id] of (data.off ?? []).entries()) if (!isKnown(id)) tell(['off', at], `there is no rule ${id}`);
  for (const id of Object.keys(data.severity ?? {})) {
    if (!isKnown(id)) tell(['severity', id], `there is no rule ${id}`, true);
  }
  return rules;
}

function badRules(location: string, faults: readonly Fault[]): SourceError {
  const lines = faults
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MOST_FAULTS)
    .map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`);
  const more = faults.length - lines.length;
  const reason = [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  const message = `${location} has faults; mend these lines, then check again:\n${reason}`;
  return new SourceError('bad-config', message, { location, reason });
}
