/** Which members of two objects have the same name. Their order does not count. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import type { Alignment } from './alignment.ts';
import { type Compared, childNodes } from './compared.ts';

/**
 * By decoded name. Of several with one name the last counts, as for Python and JSON.parse; it is matched with the last on the
 * other side, and the ones that it hides are matched with hidden ones.
 */
export function alignMembers(compared: Compared, a: NodeId, b: NodeId): Alignment {
  const [before, after] = [childNodes(compared.before.doc, a), childNodes(compared.after.doc, b)];
  const beforeOf = new Int32Array(after.length).fill(-1);
  const alignment = { before, after, beforeOf, moved: new Uint8Array(after.length) };
  let same = 0;
  const shorter = Math.min(before.length, after.length);
  while (same < shorter && compared.sameName(before[same] ?? 0, after[same] ?? 0)) same++;
  if (same === shorter && before.length === after.length) {
    // The same names one by one, whether or not some occur twice.
    for (let at = 0; at < same; at++) beforeOf[at] = at;
    return alignment;
  }
  if (before.length === 0 || after.length === 0) return alignment;
  const places = placesByName(compared.before.doc, before);
  // From the end, so that the last ones of a name meet.
  for (let at = after.length - 1; at >= 0; at--) {
    const name = compared.after.doc.key(after[at] ?? 0) ?? '';
    const known = places.get(name);
    if (typeof known === 'number') {
      beforeOf[at] = known;
      places.delete(name);
    } else {
      beforeOf[at] = known?.pop() ?? -1;
    }
  }
  return alignment;
}

/** A name's positions in order; just a number for a name that occurs once. */
function placesByName(doc: JsonDocument, members: Int32Array): Map<string, number | number[]> {
  const places = new Map<string, number | number[]>();
  for (let at = 0; at < members.length; at++) {
    const name = doc.key(members[at] ?? 0) ?? '';
    const known = places.get(name);
    if (known === undefined) places.set(name, at);
    else if (typeof known === 'number') places.set(name, [known, at]);
    else known.push(at);
  }
  return places;
}
