import { registerDocumentTypes } from '../../../shared/state/document-types.ts';
import { TypeRegistry } from '../../../shared/state/type-registry.ts';

/** The types that this program knows: the design document's own states and enums, in whatever Python module they live. */
export function knownTypes(): TypeRegistry {
  return registerDocumentTypes(new TypeRegistry(), Date.now);
}
