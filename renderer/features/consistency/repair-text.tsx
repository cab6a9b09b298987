import { CircleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ByteChange, RepairPreview } from '../../../shared/ipc/consistency-view.ts';
import type { AppliedRepair } from '../../../shared/ipc/repairs.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { lostText, repairDone } from './finding-text.ts';
import styles from './repair.module.css';

/** What a repair does, and the very bytes of its state that change with all that is ticked. */
export function RepairText({ plan, repair }: { readonly plan: RepairPreview; readonly repair: AppliedRepair }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { key } = repair;
  const row = plan.rows.find((each) => each.key === key);
  const text = plan.texts.find((each) => each.key === key);
  const others = plan.repairs.filter((each) => each.key === key).length - 1;
  return (
    <section className={styles.preview} aria-label={t('consistency.repairing.changesOf', { key: visibleText(key) })}>
      <header className={styles.head}>
        <h3 className={styles.title}>{visibleText(key)}</h3>
        <p>{repairDone(t, repair)}</p>
        {repair.lost === null ? null : (
          <p className={styles.lost}>
            <CircleAlert size={14} aria-hidden />
            {lostText(t, repair.lost)}
          </p>
        )}
        <p className={styles.muted}>
          {row
            ? t('restore.bytes', { before: format.bytes(row.bytesBefore), after: format.bytes(row.bytesAfter) })
            : null}
          {others > 0 ? <span>{t('consistency.repairing.withOthers', { count: others })}</span> : null}
        </p>
      </header>
      <ol className={styles.changes}>
        {text?.changes.map((change) => (
          <Change key={change.offset} change={change} />
        ))}
        {text && text.more > 0 ? (
          <li className={styles.more}>{t('consistency.repairing.moreChanges', { count: text.more })}</li>
        ) : null}
      </ol>
    </section>
  );
}

function Change({ change }: { readonly change: ByteChange }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { offset, before, removed, removedBytes, added, addedBytes, after } = change;
  return (
    <li className={styles.change}>
      <p className={styles.muted}>
        {t('consistency.repairing.bytesAt', {
          offset,
          removed: format.count(removedBytes),
          added: format.count(addedBytes),
        })}
      </p>
      <p className={styles.bytes}>
        {visibleText(before)}
        {removed === '' ? null : <del className={styles.removed}>{visibleText(removed)}</del>}
        {added === '' ? null : <ins className={styles.added}>{visibleText(added)}</ins>}
        {visibleText(after)}
      </p>
    </li>
  );
}
