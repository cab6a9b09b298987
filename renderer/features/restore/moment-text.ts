import type { TFunction } from 'i18next';
import type { MomentRef } from '../../../shared/ipc/moments.ts';
import { shortVersion } from '../../../shared/ipc/sync.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** A moment in the middle of a sentence. */
export function momentText(t: TFunction, from: MomentRef): string {
  switch (from.at) {
    case 'now':
      return t('restore.moments.now');
    case 'seq':
      return t('restore.moments.seq', { seq: from.seq });
    case 'snapshot':
      return t('restore.moments.snapshot', { id: from.snapshot });
    case 'source':
      return t('restore.moments.source', { location: visibleText(from.location) });
    case 'version':
      return t('restore.moments.version', { version: visibleText(shortVersion(from)) });
    default:
      return from satisfies never;
  }
}
