/**
 * The one serialization manager (the document has two of them, 2.2.2 and 5.1): reads both formats and plain AgentScope
 * state, writes the envelope of 5.1. Rules [C1] to [C18].
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { parseJson } from '../json/parse.ts';
import { joinPieces } from '../json/pieces.ts';
import type { Clock } from './clock.ts';
import { utcText } from './clock.ts';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import { EnhancedStateModule } from './enhanced-state-module.ts';
import { StateError, StateTypeError, StateValueError } from './errors.ts';
import { Merger } from './merge.ts';
import { isPlainObject, type PlainObject, setMember } from './plain.ts';
import { nameOf, type StateModule } from './state-module.ts';
import { FIRST_VERSION, type Finding } from './state-type.ts';
import { CLASS, type Dialect, MODULE, STATE_DATA, TIMESTAMP, TYPE, VERSION } from './tags.ts';
import type { TypeRegistry } from './type-registry.ts';

/** What an envelope says about its state. */
export interface StateLabels {
  /** Qualified label. */
  readonly type?: string | undefined;
  readonly version?: string | undefined;
  /** ISO 8601, as written; without a zone it is naive. */
  readonly timestamp?: string | undefined;
}

/** A state and what its file says about it. */
export interface EncodableState extends StateLabels {
  readonly dialect?: Dialect;
  /** Null, boolean, number, bigint, string, array, plain object and the classes of values.ts. */
  readonly stateData: unknown;
  /** Other members of the envelope, such as a `metadata` that somebody put there. */
  readonly extras?: PlainObject;
}

export interface DecodedState extends EncodableState {
  readonly dialect: Dialect;
  readonly extras: PlainObject;
  /** What is kept without being understood, and enum values that their type does not have. */
  readonly findings: readonly Finding[];
  /** For `encode`, so that what is unchanged is written back byte for byte. */
  readonly origin: Origin;
}

export interface Origin {
  readonly document: JsonDocument;
  readonly node: NodeId;
}

export interface EncodeOptions {
  /** Blanks for each level of what is written anew. Default 0: one line. */
  readonly indent?: number;
  /** The text that the state was read from. */
  readonly origin?: Origin;
}

export class StateCodec {
  readonly registry: TypeRegistry;
  readonly #clock: Clock;
  readonly #onStep: (() => void) | undefined;

  /** @param onStep called again and again while a large state is decoded; what it throws ends the decoding */
  constructor(registry: TypeRegistry, clock: Clock, onStep?: () => void) {
    this.registry = registry;
    this.#clock = clock;
    this.#onStep = onStep;
  }

  /** @throws StateError `incomplete` for text that is no whole JSON value; the tree can show such a text, see shared/json. */
  decodeBytes(bytes: Uint8Array): DecodedState {
    const { document, issues } = parseJson(bytes);
    const issue = issues.find(({ severity }) => severity === 'error');
    if (!document || issue) {
      throw new StateError(
        'incomplete',
        `it cannot be decoded: at byte ${issue?.offset ?? 0}, ${issue?.message ?? 'nothing'}`,
      );
    }
    return this.decode(document);
  }

  /** Reads, and constructs nothing: types stay labels. @throws StateError `incomplete` for a value that is cut off. */
  decode(document: JsonDocument, node: NodeId = 0): DecodedState {
    if (document.isIncomplete(node)) throw new StateError('incomplete', 'a value that is cut off cannot be decoded');
    const dialect = dialectOf(document, node);
    const decoder = new Decoder(document, this.registry, dialect, this.#onStep);
    const origin = { document, node };
    const shared = { dialect, findings: decoder.findings, origin };
    if (dialect === 'plain') return { ...shared, stateData: decoder.value(node), extras: {} };
    const own = dialect === 'envelope' ? ENVELOPE_WORDS : SERIALIZED_WORDS;
    const rest: PlainObject = {};
    for (const child of document.children(node)) {
      const name = document.key(child) ?? '';
      if (!own.has(name)) setMember(rest, decoder.name(child), decoder.value(child, 1));
    }
    if (dialect === 'serialized') {
      const type = [textAt(document, node, MODULE), textAt(document, node, CLASS)].filter((part) => part).join('.');
      return { ...shared, type, stateData: rest, extras: {} };
    }
    const data = document.member(node, STATE_DATA);
    return {
      ...shared,
      type: textAt(document, node, TYPE),
      version: textAt(document, node, VERSION),
      timestamp: textAt(document, node, TIMESTAMP),
      stateData: data === undefined ? null : decoder.value(data, 1),
      extras: rest,
    };
  }

  /**
   * The `state_data` of an envelope whose other members are kept elsewhere, such as the columns of `agent_states`: its tags
   * are read. `encode` with the origin writes the data alone. @throws StateError `incomplete`.
   */
  decodeData(document: JsonDocument, beside: StateLabels = {}, node: NodeId = 0): DecodedState {
    const { value, findings } = this.decodeValue(document, node);
    return { ...beside, dialect: 'data', stateData: value, extras: {}, findings, origin: { document, node } };
  }

  /**
   * The envelope of 5.1; plain state and data without its envelope stay so. With an origin: its own bytes when nothing changed, in whatever dialect,
   * and otherwise its own bytes wherever nothing changed.
   * @throws StateTypeError `not-json`, StateValueError `key-collision`, each with the path.
   */
  encode(state: EncodableState, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
    const encoder = new Encoder(this.registry, state.dialect === 'plain' ? 'plain' : 'envelope', options.indent);
    if (options.origin) return this.#encodeOver(state, options.origin, encoder);
    return joinPieces(encoder.value(wholeOf(state, state.dialect)));
  }

  /** A value in the envelope's encoding, without an envelope. @throws as `encode`. */
  encodeValue(value: unknown, indent = 0): Uint8Array<ArrayBuffer> {
    return joinPieces(new Encoder(this.registry, 'envelope', indent).value(value));
  }

  /** The other way: tags are read. @throws StateError `incomplete`. */
  decodeValue(
    document: JsonDocument,
    node: NodeId = 0,
  ): { readonly value: unknown; readonly findings: readonly Finding[] } {
    if (document.isIncomplete(node)) throw new StateError('incomplete', 'a value that is cut off cannot be decoded');
    const decoder = new Decoder(document, this.registry, 'envelope', this.#onStep);
    return { value: decoder.value(node), findings: decoder.findings };
  }

  /** A module as it is now, with its type, version and the clock's time. @param type its label, where it is not its own. */
  stateOf(module: StateModule, type?: string): EncodableState {
    const own = module instanceof EnhancedStateModule ? module.stateType : undefined;
    return {
      dialect: 'envelope',
      type: type ?? own?.name ?? nameOf(module),
      version: own?.schemaVersion ?? FIRST_VERSION,
      timestamp: utcText(this.#clock()),
      stateData: module.stateDict(),
    };
  }

  /**
   * A new module from a state, by the factory that is registered for its label.
   * @throws StateTypeError `unknown-type`, StateValueError `no-factory`, StateTypeError `not-a-dict`, or what the load throws.
   */
  restore(state: EncodableState): StateModule {
    const entry = state.type === undefined ? undefined : this.registry.stateType(state.type);
    if (!entry) throw new StateTypeError('unknown-type', `nobody registered the state type ${state.type ?? '(none)'}`);
    if (!entry.create)
      throw new StateValueError('no-factory', `${entry.type.name} was registered without a way to create it`);
    const data = state.stateData;
    if (!isPlainObject(data)) throw new StateTypeError('not-a-dict', `the state of ${entry.type.name} is no dict`);
    const module = entry.create(data);
    if (module instanceof EnhancedStateModule && state.version !== undefined) {
      module.loadStateDict(data, { version: state.version });
    } else {
      module.loadStateDict(data);
    }
    return module;
  }

  #encodeOver(state: EncodableState, origin: Origin, encoder: Encoder): Uint8Array<ArrayBuffer> {
    const { document, node } = origin;
    const before = state.dialect === 'data' ? this.decodeData(document, {}, node) : this.decode(document, node);
    const decoder = new Decoder(document, this.registry, before.dialect);
    const merger = new Merger(document, decoder, encoder, this.registry);
    if (before.dialect === 'serialized') {
      const rest = wholeOf({ ...state, dialect: 'plain' }, 'plain');
      const { module, name } = splitType(before.type);
      const unchanged = state.type === before.type && isPlainObject(rest);
      const whole = unchanged
        ? { ...rest, ...(name ? { [CLASS]: name } : {}), ...(module ? { [MODULE]: module } : {}) }
        : rest;
      if (unchanged && !merger.changed(whole, node)) return document.rawBytes(node).slice();
      return joinPieces(encoder.value(wholeOf(state, 'envelope')));
    }
    const changed = merger.changed(wholeOf(state, before.dialect), node);
    return changed ? joinPieces(changed) : document.rawBytes(node).slice();
  }
}

const ENVELOPE_WORDS: ReadonlySet<string> = new Set([TYPE, VERSION, TIMESTAMP, STATE_DATA]);
const SERIALIZED_WORDS: ReadonlySet<string> = new Set([CLASS, MODULE]);

/** An envelope has a type and state data, both; 2.2.2 has its class name beside the attributes. */
export function dialectOf(document: JsonDocument, node: NodeId): Dialect {
  const has = (name: string): boolean => document.member(node, name) !== undefined;
  if (has(TYPE) && has(STATE_DATA)) return textual(document, node, [TYPE, VERSION, TIMESTAMP]) ? 'envelope' : 'plain';
  return has(CLASS) && textual(document, node, [CLASS, MODULE]) ? 'serialized' : 'plain';
}

/** Where a word of the format is no text it is not the format: it stays plain data, and nothing is lost. */
function textual(document: JsonDocument, node: NodeId, names: readonly string[]): boolean {
  return names.every((name) => {
    const member = document.member(node, name);
    return member === undefined || document.kind(member) === 'string';
  });
}

function textAt(document: JsonDocument, node: NodeId, name: string): string | undefined {
  const member = document.member(node, name);
  return member === undefined ? undefined : document.string(member);
}

function wholeOf(state: EncodableState, dialect: Dialect | undefined): unknown {
  if (dialect === 'plain' || dialect === 'data') return state.stateData;
  const whole: PlainObject = {};
  const members: readonly (readonly [string, unknown])[] = [
    [TYPE, state.type],
    [VERSION, state.version],
    [TIMESTAMP, state.timestamp],
    [STATE_DATA, state.stateData],
    ...Object.entries(state.extras ?? {}),
  ];
  for (const [name, value] of members) if (value !== undefined) setMember(whole, name, value);
  return whole;
}

function splitType(type: string | undefined): { readonly module: string; readonly name: string } {
  const dot = type?.lastIndexOf('.') ?? -1;
  return { module: dot < 0 ? '' : (type?.slice(0, dot) ?? ''), name: type?.slice(dot + 1) ?? '' };
}
