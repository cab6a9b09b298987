import { useTranslation } from 'react-i18next';
import type { HistoryRow } from '../../../shared/ipc/history.ts';
import type { StateAt } from '../../../shared/ipc/moments.ts';
import { openRestore } from '../../host/restoring.ts';
import { travel } from '../../host/time-travel.ts';
import {
  askForOther,
  compareWithMarked,
  markForCompare,
  openDiff,
  openDiffOfAll,
  useDiff,
} from '../../stores/diff-store.ts';
import { MenuItem, MenuSeparator } from '../../ui/menu.tsx';

/** What a change offers on right-click. */
export function ChangeMenu({ change }: { readonly change: HistoryRow | null }) {
  const { t } = useTranslation();
  const marked = useDiff((diff) => diff.marked);
  const disabled = change === null;
  const at = (seq: number): StateAt => ({ moment: { at: 'seq', seq }, key: change?.key ?? '' });
  const after = at(change?.seq ?? 0);
  const now: StateAt = { moment: { at: 'now' }, key: change?.key ?? '' };
  return (
    <>
      <MenuItem disabled={disabled} shortcut="Enter" onSelect={() => travel(change && { seq: change.seq })}>
        {t('history.goTo')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem disabled={disabled} onSelect={() => openDiff(at((change?.commit ?? 1) - 1), after)}>
        {t('diff.beforeAndAfter')}
      </MenuItem>
      <MenuItem disabled={disabled} onSelect={() => openDiff(after, now)}>
        {t('diff.compareWithNow')}
      </MenuItem>
      <MenuItem disabled={disabled} onSelect={() => openDiffOfAll(after.moment, now.moment)}>
        {t('diff.allWithNow')}
      </MenuItem>
      <MenuItem disabled={disabled} onSelect={() => askForOther(after)}>
        {t('diff.compareWith')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        disabled={disabled || change.type === 'created'}
        onSelect={() => openRestore(at((change?.commit ?? 1) - 1).moment, [after.key])}
      >
        {t('restore.before')}
      </MenuItem>
      <MenuItem disabled={disabled} onSelect={() => openRestore(after.moment, [after.key])}>
        {t('restore.after')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem disabled={disabled} onSelect={() => markForCompare(after)}>
        {t('diff.mark')}
      </MenuItem>
      <MenuItem disabled={disabled || marked === null} onSelect={() => compareWithMarked(after)}>
        {t('diff.compareWithMarked')}
      </MenuItem>
    </>
  );
}
