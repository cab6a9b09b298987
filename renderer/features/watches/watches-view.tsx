import { CircleAlert, CircleCheck, CircleDashed, CircleX, Pencil, Plus, Trash2 } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { WatchInfo } from '../../../shared/ipc/history.ts';
import { errorText } from '../../host/told-text.ts';
import { removeWatch } from '../../host/watches.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { useWatches } from '../../stores/watch-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './watches.module.css';

const Sparkline = lazy(() => import('../../ui/sparkline.tsx'));

/** What should always hold in the states of this source, and whether it does. */
export function WatchesView() {
  const { t } = useTranslation();
  const { watches, error } = useWatches();
  const broken = watches?.filter((watch) => watch.broken).length ?? 0;
  const headline =
    broken > 0
      ? t('watches.broken', { count: broken })
      : watches && watches.length > 0
        ? t('watches.allHold', { count: watches.length })
        : t('watches.title');
  return (
    <section className={styles.page} aria-label={t('watches.title')}>
      <header className={styles.header}>
        <h1 className={styles.headline}>{headline}</h1>
        <Button icon={<Plus size={14} aria-hidden />} onClick={() => openDialog({ kind: 'watch', watch: null })}>
          {t('watches.add')}
        </Button>
      </header>
      {error ? <p className={styles.error}>{errorText(t, error)}</p> : null}
      {watches?.length === 0 ? <p className={styles.lead}>{t('watches.nothing')}</p> : null}
      {watches && watches.length > 0 ? <WatchTable watches={watches} /> : null}
    </section>
  );
}

function WatchTable({ watches }: { readonly watches: readonly WatchInfo[] }) {
  const { t } = useTranslation();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th className={styles.state}>{t('watches.columns.state')}</th>
          <th>{t('watches.columns.name')}</th>
          <th className={styles.keys}>{t('watches.columns.keys')}</th>
          <th>{t('watches.columns.expression')}</th>
          <th className={styles.value}>{t('watches.columns.value')}</th>
          <th className={styles.spark}>{t('watches.columns.history')}</th>
          <th className={styles.tools}>
            <span className="visually-hidden">{t('watches.columns.tools')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {watches.map((watch) => (
          <WatchRow key={watch.id} watch={watch} />
        ))}
      </tbody>
    </table>
  );
}

type Verdict = 'broken' | 'unclear' | 'holds' | 'waiting';

function verdictOf({ broken, problem, value, spark }: WatchInfo): Verdict {
  if (broken) return 'broken';
  if (problem !== null) return 'unclear';
  return value === null && spark.length === 0 ? 'waiting' : 'holds';
}

const ICONS = { broken: CircleX, unclear: CircleAlert, holds: CircleCheck, waiting: CircleDashed } as const;

function WatchRow({ watch }: { readonly watch: WatchInfo }) {
  const { t } = useTranslation();
  const { problem } = watch;
  const verdict = verdictOf(watch);
  const Icon = ICONS[verdict];
  return (
    <tr data-verdict={verdict}>
      <td className={styles.state} title={problem ? t(`unanswered.${problem.code}`, problem.params) : undefined}>
        <Icon size={13} aria-hidden />
        {t(`watches.verdicts.${verdict}`)}
      </td>
      <td className={styles.name}>{visibleText(watch.name)}</td>
      <td className={styles.mono}>{visibleText(watch.keys)}</td>
      <td className={styles.mono} title={watch.expression}>
        {visibleText(watch.expression)}
      </td>
      <td className={styles.value}>{watch.value === null ? '' : visibleText(String(watch.value))}</td>
      <td className={styles.spark}>
        {watch.spark.length > 1 ? (
          <Suspense>
            <Sparkline
              values={watch.spark}
              width={112}
              height={28}
              label={t('watches.sparkline', { count: watch.spark.length })}
            />
          </Suspense>
        ) : null}
      </td>
      <td className={styles.tools}>
        <IconButton
          label={t('watches.edit', { name: watch.name })}
          onClick={() => openDialog({ kind: 'watch', watch })}
        >
          <Pencil size={13} aria-hidden />
        </IconButton>
        <IconButton label={t('watches.remove', { name: watch.name })} onClick={() => void removeWatch(watch)}>
          <Trash2 size={13} aria-hidden />
        </IconButton>
      </td>
    </tr>
  );
}
