/**
 * What can be said of one state against what a program knows: its type with the declared attributes, its version with the
 * way to today's, its checksum, and everything that is not as it should be. Plain data, for people and for other processes.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { type JsonPath, toJsonPath } from '../json/path.ts';
import { type ChecksumVerdict, verifyChecksum } from './checksum.ts';
import { type DecodedState, dialectOf, StateCodec, type StateLabels } from './codec.ts';
import { StateError } from './errors.ts';
import { type MigratedState, migrateState, ownVersion, VERSION_KEY, versionOf } from './migrations.ts';
import { isPlainObject } from './plain.ts';
import { type Finding, type StateClass, type StateType, validateState } from './state-type.ts';
import { escapeName, isEscaped, STATE_DATA, VERSION } from './tags.ts';
import type { TypeRegistry } from './type-registry.ts';
import { UnknownValue } from './values.ts';

/** What a store keeps beside the text of a state, e.g. in the columns of its row. */
export interface StoredBeside {
  /** Given: the text is the data of an envelope, tags and all, and these are what else the envelope would say. */
  readonly labels?: StateLabels;
  /** Of the state's StateMetadata (2.2.3). */
  readonly checksum?: string | null;
}

export interface StateFinding {
  /** From the root of the state's text, as it stands there. Of something that is missing: where it belongs. */
  readonly path: JsonPath;
  /** The same as RFC 9535's normalized path: `$['state_data']['status']`. */
  readonly at: string;
  /** The name of a validator's rule; `unknown-type`, `version`, `checksum`, …. */
  readonly rule: string;
  /** English: what is wrong. */
  readonly message: string;
  /** For a text in another language: `name`, `type`, `from`, `to`, `stored`, `allowed`. */
  readonly details: Readonly<Record<string, string>>;
}

export interface DeclaredAttribute {
  readonly key: string;
  readonly description: string | null;
  readonly required: boolean;
  readonly rules: readonly string[];
  /** The state has it. */
  readonly present: boolean;
}

export interface DeclaredType {
  readonly name: string;
  readonly stateClass: StateClass;
  /** Of what is written today. */
  readonly schemaVersion: string;
  readonly firstVersion: string;
  readonly attributes: readonly DeclaredAttribute[];
}

export interface StateDescription {
  /** The type as the state is labelled; null for none. */
  readonly label: string | null;
  /** As the state says it; null where it does not. A known type takes that for its first version. */
  readonly version: string | null;
  /** Null: nobody registered the label. */
  readonly type: DeclaredType | null;
  /** The versions that a load passes, from the state's to the type's; one when nothing has to be done. Null: no way, or no type. */
  readonly migration: readonly string[] | null;
  /** Null: none is stored. */
  readonly checksum: { readonly stored: string; readonly verdict: ChecksumVerdict } | null;
  readonly findings: readonly StateFinding[];
}

/** Decodes a stored state. Nothing is constructed: types stay labels. @throws StateError `incomplete`. */
export function decodeStored(
  document: JsonDocument,
  registry: TypeRegistry,
  beside: StoredBeside = {},
  onStep?: () => void,
): DecodedState {
  // Decoding never asks for the time.
  const codec = new StateCodec(registry, () => 0, onStep);
  const isData = beside.labels !== undefined && dialectOf(document, 0) === 'plain';
  return isData ? codec.decodeData(document, beside.labels) : codec.decode(document);
}

/** Of an envelope its `state_data`; of any other state all of it. Checksums are over this. */
export function stateDataNode(document: JsonDocument): NodeId {
  return dialectOf(document, 0) === 'envelope' ? (document.member(0, STATE_DATA) ?? 0) : 0;
}

/** What the store keeps beside the state, else what the envelope's own metadata says; null for none. */
export function storedChecksum(document: JsonDocument, beside: StoredBeside): string | null {
  if (beside.checksum != null) return beside.checksum;
  if (dialectOf(document, 0) !== 'envelope') return null;
  for (const name of ['__metadata__', 'metadata']) {
    const metadata = document.member(0, name);
    const checksum = metadata === undefined ? undefined : document.member(metadata, 'checksum');
    if (checksum !== undefined && document.kind(checksum) === 'string') return document.string(checksum);
  }
  return null;
}

/**
 * Never throws for what is in the state. Of text that is cut off nothing is decoded: there is no type, and that it is cut
 * off is for whoever parsed it to say.
 * @param onStep called again and again while a large state is looked at; what it throws ends that
 */
export function describeState(
  document: JsonDocument,
  registry: TypeRegistry,
  beside: StoredBeside = {},
  onStep?: () => void,
): StateDescription {
  if (document.isIncomplete(0)) return { ...NOTHING, label: beside.labels?.type ?? null };
  const decoded = decodeStored(document, registry, beside, onStep);
  const dataPath: JsonPath = decoded.dialect === 'envelope' ? [STATE_DATA] : [];
  const type = decoded.type === undefined ? undefined : registry.stateType(decoded.type)?.type;
  const stored = storedChecksum(document, beside);
  const checksum =
    stored === null ? null : { stored, verdict: verifyChecksum(stored, document, stateDataNode(document), onStep) };
  const migrated = type && migrate(type, decoded, dataPath);
  return {
    label: decoded.type ?? null,
    version: versionIn(decoded) ?? null,
    type: type ? declared(type, decoded.stateData) : null,
    migration: migrated && 'steps' in migrated ? migrated.steps : null,
    checksum,
    findings: [
      ...decoded.findings.map((each) => told(each, each.path)),
      ...(migrated && 'rule' in migrated ? [migrated] : []),
      ...(type ? violations(type, decoded, migrated, dataPath) : []),
      ...(checksum?.verdict === 'mismatch' ? [mismatch(dataPath, checksum.stored)] : []),
    ],
  };
}

const NOTHING: StateDescription = {
  label: null,
  version: null,
  type: null,
  migration: null,
  checksum: null,
  findings: [],
};

function declared(type: StateType, data: unknown): DeclaredType {
  const { name, stateClass, schemaVersion, firstVersion } = type;
  const attributes = type.attributes.map(({ key, description, required, rules }) => ({
    key,
    description: description ?? null,
    required: required ?? true,
    rules: (rules ?? []).map(({ rule }) => rule),
    present: isPlainObject(data) && Object.hasOwn(data, key),
  }));
  return { name, stateClass, schemaVersion, firstVersion, attributes };
}

function versionIn({ stateData, version }: DecodedState): string | undefined {
  return ownVersion(stateData) ?? version;
}

/** The data as of today's version, or why there is none. Data that is no dict is for the validators to tell. */
function migrate(type: StateType, decoded: DecodedState, dataPath: JsonPath): MigratedState | StateFinding | undefined {
  const { stateData: data } = decoded;
  if (!isPlainObject(data)) return undefined;
  try {
    return migrateState(type, data, decoded.version);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const path =
      ownVersion(data) === undefined ? (decoded.dialect === 'envelope' ? [VERSION] : []) : [...dataPath, VERSION_KEY];
    const details = { type: type.name, from: versionOf(type, data, decoded.version), to: type.schemaVersion };
    const rule = error.code === 'migration-missing' ? 'version' : 'migration';
    return { path, at: toJsonPath(path), rule, message: error.message, details };
  }
}

/** Of today's version, where the data can be brought there; the rules say nothing about any other. */
function violations(
  type: StateType,
  decoded: DecodedState,
  migrated: MigratedState | StateFinding | undefined,
  dataPath: JsonPath,
): readonly StateFinding[] {
  if (migrated && 'rule' in migrated) return [];
  const found = validateState(type, migrated?.data ?? decoded.stateData);
  const steps =
    migrated && migrated.steps.length > 1 ? `after migrating from ${migrated.from} to ${migrated.to}, ` : '';
  return found.map((finding) => {
    const inData = isEscaped(decoded.dialect)
      ? finding.path.map((step) => (typeof step === 'string' ? escapeName(step) : step))
      : finding.path;
    return told({ ...finding, message: steps + finding.message }, [...dataPath, ...inData]);
  });
}

function mismatch(path: JsonPath, stored: string): StateFinding {
  const message = `the data does not fit the stored checksum ${stored}: it was changed without it, or is damaged`;
  return { path, at: toJsonPath(path), rule: 'checksum', message, details: { stored } };
}

function told({ rule, message, value, details: own }: Finding, path: JsonPath): StateFinding {
  const type = value instanceof UnknownValue ? value.type : undefined;
  const details = { name: String(path.at(-1) ?? '$'), ...(type !== undefined && { type }), ...own };
  return { path, at: toJsonPath(path), rule, message, details };
}
