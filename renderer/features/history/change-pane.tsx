import { History, ListTree } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HistoryDetail } from '../../../shared/ipc/history.ts';
import { findNode } from '../../host/find-node.ts';
import { travel } from '../../host/time-travel.ts';
import { useHistory } from '../../stores/history-store.ts';
import { revealNode, selectState, selectTab } from '../../stores/selection-store.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { exactText } from '../../ui/moment.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './change.module.css';
import { ChangeSign } from './change-cells.tsx';
import { LaneView } from './lane.tsx';

async function showInTree(workspace: string, { key, path }: HistoryDetail): Promise<void> {
  const node = await findNode(workspace, key, path);
  selectState(key);
  selectTab('tree');
  revealNode(key, node);
}

/** The selected change: its values before and after, who made it and when, and how its path went on. */
export function ChangePane({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const change = useHistory((state) => state.change);
  const forgotten = useHistory((state) => state.forgotten);
  const selected = useHistory((state) => state.selected);
  if (selected === null || !change) {
    return (
      <section className={styles.pane} aria-label={t('history.change')}>
        <p className={styles.nothing}>{t(forgotten ? 'history.forgotten' : 'history.selectChange')}</p>
      </section>
    );
  }
  const { detail, lane } = change;
  return (
    <section className={styles.pane} aria-label={t('history.change')}>
      <header className={styles.heading}>
        <h2 className={styles.title} title={visibleText(detail.path)}>
          <ChangeSign kind={detail.kind} />
          {detail.path === '' ? t('history.wholeState') : visibleText(detail.path)}
        </h2>
        <p className={styles.facts}>{visibleText(detail.key)}</p>
        <div className={styles.actions}>
          <Button
            kind="quiet"
            icon={<ListTree size={13} aria-hidden />}
            onClick={() => void showInTree(workspace, detail)}
          >
            {t('history.showInTree')}
          </Button>
          <Button kind="quiet" icon={<History size={13} aria-hidden />} onClick={() => travel({ seq: detail.seq })}>
            {t('history.goTo')}
          </Button>
        </div>
      </header>
      <Value
        name={detail.kind === 'moved' ? t('history.from') : t('history.before')}
        text={detail.oldText}
        side="old"
      />
      <Value name={t('history.after')} text={detail.newText} side="new" />
      {detail.cut ? <p className={styles.note}>{t('history.cut')}</p> : null}
      <Facts detail={detail} />
      {lane && lane.values.length > 0 ? <LaneView lane={lane} selected={detail.seq} /> : null}
    </section>
  );
}

interface ValueProps {
  readonly name: string;
  /** Null: there was none. */
  readonly text: string | null;
  readonly side: 'old' | 'new';
}

function Value({ name, text, side }: ValueProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.value}>
      <h3 className={styles.label}>{name}</h3>
      {text === null ? (
        <p className={styles.none}>{t('history.noValue')}</p>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled text must be reachable by keyboard
        <pre className={cx(styles.text, styles[side])} tabIndex={0} aria-label={name}>
          {text}
        </pre>
      )}
    </div>
  );
}

function Facts({ detail }: { readonly detail: HistoryDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = [
    [t('history.columns.time'), exactText(detail.time, format.locale)],
    [t('history.sequence'), format.count(detail.seq)],
    [t('history.type'), t(`history.types.${detail.type}`)],
    [t('history.columns.origin'), visibleText(detail.origin)],
  ] as const;
  return (
    <dl className={styles.list}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
