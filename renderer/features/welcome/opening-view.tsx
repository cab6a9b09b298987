import { useTranslation } from 'react-i18next';
import { cancelOpening } from '../../host/opening.ts';
import type { Opening } from '../../stores/workspace-store.ts';
import { Button } from '../../ui/button.tsx';
import { splitPath } from '../../ui/paths.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './welcome.module.css';

/** A source is being opened and nothing else is open. */
export function OpeningView({ opening }: { readonly opening: Opening }) {
  const { t } = useTranslation();
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <h1 className={styles.title}>{t('opening.title', { name: splitPath(opening.location).name })}</h1>
        <OpeningProgress opening={opening} />
      </div>
    </main>
  );
}

function OpeningProgress({ opening }: { readonly opening: Opening }) {
  const { t } = useTranslation();
  const { phase, item, amount, rate, fraction } = useOpeningTexts(opening);
  return (
    <div className={styles.progress}>
      <ProgressBar label={t('opening.progress')} fraction={fraction} text={[phase, amount].filter(Boolean).join(' ')} />
      <p className={styles.phase}>
        <span>{phase}</span>
        <span className={styles.amount}>{[amount, rate].filter(Boolean).join(' · ')}</span>
      </p>
      <p className={styles.item}>{item}</p>
      <p className={styles.cancel}>
        <Button onClick={cancelOpening} disabled={opening.cancelling}>
          {opening.cancelling ? t('opening.cancelling') : t('common.cancel')}
        </Button>
        <span>{t('opening.cancelHint')}</span>
      </p>
    </div>
  );
}

function useOpeningTexts({ progress, rate }: Opening) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!progress) {
    return { phase: t('opening.phases.detecting'), item: '', amount: '', rate: '', fraction: null };
  }
  const done = format.bytes(progress.done);
  const known = progress.total > 0;
  return {
    phase: t(`opening.phases.${progress.phase}`),
    item: progress.item,
    amount: known ? t('opening.bytesOf', { done, total: format.bytes(progress.total) }) : progress.done > 0 ? done : '',
    rate: rate.perSecond === null ? '' : t('units.perSecond', { amount: format.bytes(rate.perSecond) }),
    fraction: known ? progress.done / progress.total : null,
  };
}
