import { useTranslation } from 'react-i18next';
import type { RefusedRepair } from '../../../shared/ipc/repairs.ts';
import type { RestoreCheck } from '../../../shared/ipc/restore.ts';
import { checkItems } from '../../host/check-text.ts';
import { changeRepair, useRepair } from '../../stores/repair-store.ts';
import { CheckList } from '../../ui/check-list.tsx';

/** Of all; the others are counted. */
const MOST = 6;

interface RepairChecksProps {
  readonly checks: readonly RestoreCheck[];
  readonly refused: readonly RefusedRepair[];
}

/** What speaks against it, and what cannot be repaired after all. */
export function RepairChecks({ checks, refused }: RepairChecksProps) {
  const { t } = useTranslation();
  const accepted = useRepair((state) => state.accepted);
  const items = checkItems(t, checks, accepted, (next) => changeRepair({ accepted: next }));
  const reasons = refused
    .slice(0, MOST)
    .map(({ finding, key, why }) => `${key ?? finding}: ${t(`consistency.refused.${why}` as 'consistency.title')}`);
  const more = refused.length - MOST;
  const lines = more > 0 ? [...reasons, t('restore.moreChecks', { count: more })] : reasons;
  const word = t('restore.severities.warning');
  const told = lines.length === 0 ? items : [...items, { id: 'refused', severity: 'warning' as const, word, lines }];
  return <CheckList label={t('restore.checks')} items={told} />;
}
