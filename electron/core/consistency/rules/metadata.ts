/** The StateMetadata that a store keeps beside a state (2.2.3 of the design): readable, and true of the state. */
import type { JsonDocument, NodeId } from '../../../../shared/json/document.ts';
import { StateCodec } from '../../../../shared/state/codec.ts';
import { StateError } from '../../../../shared/state/errors.ts';
import { StateMetadata } from '../../../../shared/state/metadata.ts';
import { TypeRegistry } from '../../../../shared/state/type-registry.ts';
import type { FoundInState, StateRule } from '../rule.ts';
import type { StateView, StoredMetadata } from '../state-view.ts';

// Decoding never asks for the time, and metadata has no types.
const CODEC = new StateCodec(new TypeRegistry(), () => 0);

export const metadataReadable: StateRule = {
  id: 'metadata',
  group: 'integrity',
  severity: 'warning',
  needs: 'state',
  applies: hasMetadata,
  *check(state) {
    const { stored } = state;
    const read = stored && readMetadata(stored);
    if (!stored || !read) return;
    if (typeof read === 'string') yield { ...at(stored), details: { reason: read } };
  },
};

/** Modules and attributes that were registered at the last save, and are not in what was saved. */
export const metadataAttributes: StateRule = {
  id: 'metadata-attributes',
  group: 'integrity',
  severity: 'warning',
  needs: 'state',
  applies: hasMetadata,
  *check(state) {
    const { stored } = state;
    const read = stored && readMetadata(stored);
    if (!stored || !read || typeof read === 'string') return;
    const { registeredAttributes, nestedModules } = read.fields;
    const { document, data } = state;
    const members = document.kind(data) === 'object' ? [...document.children(data)] : [];
    const present = new Set(members.map((member) => plainName(document.key(member) ?? '')));
    for (const name of [...nestedModules, ...registeredAttributes]) {
      if (!present.has(plainName(name))) yield { path: [...state.path(state.data), name], details: { name } };
    }
  },
};

/** A property `agentId` is saved as `agent_id`. */
function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

export const metadataSize: StateRule = {
  id: 'metadata-size',
  group: 'integrity',
  severity: 'warning',
  needs: 'state',
  applies: hasMetadata,
  *check(state) {
    const { stored, document, data } = state;
    const read = stored && readMetadata(stored);
    if (!stored || !read || typeof read === 'string') return;
    // A database that writes JSON in its own way changes its size and not what it says.
    const verdict = state.description.checksum?.verdict;
    if (verdict === 'canonical' || verdict === 'python') return;
    const { sizeBytes } = read.fields;
    const actual = document.end(data) - document.start(data);
    if (sizeBytes !== null && sizeBytes !== actual) yield { ...at(stored), details: { stored: sizeBytes, actual } };
  },
};

function hasMetadata(state: StateView): boolean {
  return !state.isCutOff && state.stored !== null;
}

/** Or why it is none. */
export function readMetadata({ document, node }: StoredMetadata): StateMetadata | string {
  if (isEmptyObject(document, node)) return StateMetadata.create(() => 0);
  try {
    return StateMetadata.fromJson(CODEC.decodeValue(document, node).value);
  } catch (error) {
    if (error instanceof StateError) return error.message;
    throw error;
  }
}

/** What a program writes that keeps none. */
function isEmptyObject(document: JsonDocument, node: NodeId): boolean {
  return document.kind(node) === 'null' || (document.kind(node) === 'object' && document.childCount(node) === 0);
}

function at({ node, isBeside }: StoredMetadata): FoundInState {
  return isBeside ? {} : { node };
}
