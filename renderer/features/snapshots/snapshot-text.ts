import type { TFunction } from 'i18next';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** What a person calls it; one that has no name, by what it holds. */
export function nameText(t: TFunction, { name, states, firstKey }: SnapshotInfo): string {
  if (name !== '') return visibleText(name);
  return states === 1 ? visibleText(firstKey) : t('snapshots.states', { count: states });
}

/** Tags as they are typed: between commas, each once. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(/[,，]/).map((tag) => tag.trim()))].filter((tag) => tag !== '');
}
