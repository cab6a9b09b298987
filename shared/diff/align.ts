import type { NodeId } from '../json/document.ts';
import { alignItems } from './align-items.ts';
import { alignMembers } from './align-members.ts';
import type { Alignment } from './alignment.ts';
import type { Compared } from './compared.ts';
import type { Stop } from './stop.ts';

export type { Alignment } from './alignment.ts';

/** Members by their names, items by what they are. Once `stop` is over, edited items are paired as they stand. The two are both arrays or both objects, and not opaque. */
export function align(compared: Compared, a: NodeId, b: NodeId, stop: Stop): Alignment {
  return compared.after.doc.kind(b) === 'array' ? alignItems(compared, a, b, stop) : alignMembers(compared, a, b);
}
