import { useTranslation } from 'react-i18next';
import type { ConsistencyFinding, ConsistencyRepair } from '../../../shared/ipc/consistency.ts';
import { chooseRepair } from '../../host/repairing.ts';
import { useRepair } from '../../stores/repair-store.ts';
import { repairText } from './finding-text.ts';
import styles from './repair.module.css';

interface RepairChoiceProps {
  readonly finding: ConsistencyFinding;
  readonly choices: readonly ConsistencyRepair[];
  readonly choice: string | null;
}

/** More than one thing can be done about a fault: which. */
export function RepairChoice({ finding, choices, choice }: RepairChoiceProps) {
  const { t } = useTranslation();
  const applying = useRepair((state) => state.applying);
  return (
    <fieldset className={styles.choice} aria-label={t('consistency.repairing.choice')}>
      {choices.map((repair) => (
        <label key={repair.id}>
          <input
            type="radio"
            name="repair"
            checked={repair.id === choice}
            disabled={applying}
            onChange={() => chooseRepair(repair.id)}
          />
          {repairText(t, finding, repair)}
        </label>
      ))}
    </fieldset>
  );
}
