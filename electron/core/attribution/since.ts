/** The moment that sizes are compared with. */
import type { MomentRef } from '../../../shared/ipc/moments.ts';
import { type MomentContext, openMoment } from '../snapshots/moments.ts';
import type { Since } from './attribute-source.ts';

/** @throws SourceError as opening the moment does */
export async function openSince(
  ref: MomentRef,
  context: MomentContext,
): Promise<Since & { readonly release: () => Promise<void> }> {
  const moment = await openMoment(ref, context);
  const states = ref.at === 'snapshot' ? (context.snapshots?.manifest(ref.snapshot) ?? null) : null;
  const hashes = states === null ? null : new Map(states.map(({ key, sha256 }) => [key, sha256]));
  return { source: moment.source, hashes, release: () => moment.release() };
}
