import { Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { FINDING_SEVERITIES } from '../../../shared/ipc/consistency.ts';
import { type ConsistencyHead, FINDING_GROUPINGS } from '../../../shared/ipc/consistency-view.ts';
import {
  type ConsistencyTab,
  changeFindings,
  showConsistencyTab,
  toggleSeverity,
  useConsistency,
} from '../../stores/consistency-store.ts';
import { Check, Input } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './consistency.module.css';

/** Which findings are listed, and how; or the checks themselves. */
export function FindingFilter({ head }: { readonly head: ConsistencyHead }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { tab, by, text, severities } = useConsistency();
  return (
    <div className={styles.filter}>
      <Segments<ConsistencyTab>
        label={t('consistency.what')}
        value={tab}
        options={[
          { value: 'findings', text: t('consistency.findings') },
          { value: 'checks', text: t('consistency.checksOf', { count: head.checks.length }) },
        ]}
        onChange={showConsistencyTab}
      />
      {tab === 'checks' ? null : (
        <>
          <div className={styles.search}>
            <Search size={14} aria-hidden />
            <Input
              aria-label={t('consistency.filter')}
              placeholder={t('consistency.filter')}
              maxLength={1000}
              value={text}
              onChange={(event) => changeFindings({ text: event.target.value })}
            />
          </div>
          <fieldset className={styles.severities} aria-label={t('consistency.severity')}>
            {FINDING_SEVERITIES.filter((severity) => head.counts[severity] > 0).map((severity) => (
              <Check
                key={severity}
                label={`${t(`consistency.severityNames.${severity}`)} ${format.count(head.counts[severity])}`}
                checked={severities.includes(severity)}
                onChange={() => toggleSeverity(severity)}
              />
            ))}
          </fieldset>
          <Segments
            label={t('consistency.by')}
            value={by}
            options={FINDING_GROUPINGS.map((value) => ({ value, text: t(`consistency.groupings.${value}`) }))}
            onChange={(next) => changeFindings({ by: next })}
          />
        </>
      )}
    </div>
  );
}
