import { ListTree, MessagesSquare, Wrench } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ConsistencyFinding, FindingPlace } from '../../../shared/ipc/consistency.ts';
import type { ConsistencyRow, ShownPlace } from '../../../shared/ipc/consistency-view.ts';
import { openFinding } from '../../host/consistency.ts';
import { openRepair } from '../../host/repairing.ts';
import { Button } from '../../ui/button.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './consistency.module.css';
import { Excerpt } from './excerpt.tsx';
import { findingTitle, findingWhy, foundText, placeName, repairText, ruleTitle, ruleWhy } from './finding-text.ts';
import { SeveritySign } from './severity-sign.tsx';
import { usePlace } from './use-place.ts';

/** What is wrong, why it matters, where it is, and what to do about it. */
export function FindingDetail({ workspace, row }: { readonly workspace: string; readonly row: ConsistencyRow }) {
  const { t } = useTranslation();
  if (row.row === 'finding') return <Finding key={row.finding.id} workspace={workspace} row={row} />;
  const title =
    row.row === 'group'
      ? t(`consistency.groups.${row.group}`)
      : row.row === 'rule'
        ? ruleTitle(t, row.rule)
        : placeName(t, row);
  const text =
    row.row === 'group' ? t(`consistency.groupHelp.${row.group}`) : row.row === 'rule' ? ruleWhy(t, row.rule) : null;
  return (
    <section className={styles.detail} aria-label={title}>
      <h2 className={styles.detailTitle}>{title}</h2>
      {text === null ? null : <p>{text}</p>}
      <p className={styles.muted}>{t('consistency.findingCount', { count: row.findings })}</p>
    </section>
  );
}

interface FindingProps {
  readonly workspace: string;
  readonly row: Extract<ConsistencyRow, { row: 'finding' }>;
}

function Finding({ workspace, row: { finding, repairs } }: FindingProps) {
  const { t } = useTranslation();
  const shown = usePlace(workspace, finding);
  const title = findingTitle(t, finding);
  const why = findingWhy(t, finding);
  // A rule of one's own is called by what it says.
  const found = foundText(t, finding);
  return (
    <section className={styles.detail} aria-label={title} data-testid="finding">
      <h2 className={styles.detailTitle}>
        <SeveritySign severity={finding.severity} worded />
        {title}
      </h2>
      {found === title ? null : <p className={styles.found}>{found}</p>}
      {why === '' ? null : (
        <>
          <h3>{t('consistency.why')}</h3>
          <p>{why}</p>
        </>
      )}
      <h3>{t('consistency.where')}</h3>
      <Place finding={finding} shown={shown} />
      {finding.related.length > 0 ? (
        <>
          <h3>{t('consistency.related')}</h3>
          <ul className={styles.related}>
            {finding.related.map((place, index) => (
              <li key={`${place.key} ${place.at}`}>
                <Related place={place} onOpen={() => void openFinding(finding, index)} />
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <h3>{t('consistency.repair')}</h3>
      {repairs.length === 0 ? (
        <p className={styles.muted}>{t('consistency.noRepair')}</p>
      ) : (
        <>
          <ul className={styles.choices}>
            {repairs.map((repair) => (
              <li key={repair.id}>{repairText(t, finding, repair)}</li>
            ))}
          </ul>
          <p className={styles.actions}>
            <Button icon={<Wrench size={13} aria-hidden />} onClick={() => openRepair(finding, repairs)}>
              {t('consistency.repairThis')}
            </Button>
          </p>
        </>
      )}
    </section>
  );
}

function Place({ finding, shown }: { readonly finding: ConsistencyFinding; readonly shown: ShownPlace | null }) {
  const { t } = useTranslation();
  const canGo = shown !== null && shown.node !== null;
  return (
    <>
      <p className={styles.address}>
        <strong>{placeName(t, finding)}</strong>
        {finding.path.length === 0 ? null : <code>{visibleText(finding.at)}</code>}
        {finding.key === null || finding.location === '.' ? null : (
          <span className={styles.muted}>{visibleText(finding.location)}</span>
        )}
        {finding.offset === null ? null : (
          <span className={styles.muted}>{t('consistency.offset', { offset: finding.offset })}</span>
        )}
      </p>
      {shown?.excerpt ? <Excerpt excerpt={shown.excerpt} severity={finding.severity} /> : null}
      {canGo ? (
        <p className={styles.actions}>
          <Button icon={<ListTree size={13} aria-hidden />} onClick={() => void openFinding(finding, null, 'tree')}>
            {t('consistency.showInTree')}
          </Button>
          {shown.message === null ? null : (
            <Button
              icon={<MessagesSquare size={13} aria-hidden />}
              onClick={() => void openFinding(finding, null, 'conversation')}
            >
              {t('consistency.showInConversation')}
            </Button>
          )}
        </p>
      ) : null}
    </>
  );
}

function Related({ place, onOpen }: { readonly place: FindingPlace; readonly onOpen: () => void }) {
  const { t } = useTranslation();
  const text = (
    <>
      {placeName(t, place)}
      {place.path.length === 0 ? null : <code>{visibleText(place.at)}</code>}
    </>
  );
  return place.key === null ? (
    <span className={styles.address}>{text}</span>
  ) : (
    <button type="button" className={styles.link} onClick={onOpen}>
      {text}
    </button>
  );
}
