import { ArrowLeft, ArrowLeftRight, ArrowRight, RefreshCw, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { DiffInfo } from '../../../shared/ipc/diff.ts';
import {
  changeDiff,
  closeDiff,
  compareAgain,
  openDiffOfAll,
  swapSides,
  useDiff,
  type Wanted,
} from '../../stores/diff-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { Segments } from '../../ui/segments.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './diff-view.module.css';
import { useMomentText } from './use-side-text.ts';

export interface DiffHeaderProps {
  readonly wanted: Wanted;
  readonly info: DiffInfo | null;
}

/** In one line what is compared with what. */
export function DiffHeader({ wanted, info }: DiffHeaderProps) {
  const { t } = useTranslation();
  const momentText = useMomentText();
  const from = useDiff((state) => state.from);
  const tab = useDiff((state) => state.tab);
  const back = (
    <IconButton label={t('diff.backToAll')} onClick={() => from && openDiffOfAll(from.before, from.after)}>
      <ArrowLeft size={14} aria-hidden />
    </IconButton>
  );
  return (
    <header className={styles.header}>
      {from === null || wanted.of === 'all' ? null : back}
      <h1 className={styles.title}>
        {wanted.of === 'all' ? (
          <>
            <span className={styles.key}>{t('diff.allStates')}</span>
            <Moment text={momentText(wanted.before)} />
            <Arrow />
            <Moment text={momentText(wanted.after)} />
          </>
        ) : wanted.before.key === wanted.after.key ? (
          <>
            <Key text={wanted.before.key} />
            <Moment text={momentText(wanted.before.moment, info?.before)} />
            <Arrow />
            <Moment text={momentText(wanted.after.moment, info?.after)} />
          </>
        ) : (
          <>
            <Key text={wanted.before.key} />
            <Moment text={momentText(wanted.before.moment, info?.before)} />
            <Arrow />
            <Key text={wanted.after.key} />
            <Moment text={momentText(wanted.after.moment, info?.after)} />
          </>
        )}
      </h1>
      {info !== null && info.conversations.length > 0 && !info.equal ? (
        <Segments
          label={t('diff.views')}
          value={tab}
          options={[
            { value: 'tree', text: t('state.tree') },
            { value: 'conversation', text: t('state.conversation') },
          ]}
          onChange={(next) => changeDiff({ tab: next })}
        />
      ) : null}
      <IconButton label={t('diff.swap')} onClick={swapSides}>
        <ArrowLeftRight size={14} aria-hidden />
      </IconButton>
      <IconButton label={t('diff.again')} onClick={compareAgain}>
        <RefreshCw size={14} aria-hidden />
      </IconButton>
      <IconButton label={t('diff.close')} onClick={closeDiff}>
        <X size={14} aria-hidden />
      </IconButton>
    </header>
  );
}

function Key({ text }: { readonly text: string }) {
  const shown = visibleText(text);
  return (
    <span className={styles.key} title={shown}>
      {shown}
    </span>
  );
}

function Moment({ text }: { readonly text: string }) {
  return (
    <span className={styles.moment} title={text}>
      {text}
    </span>
  );
}

function Arrow() {
  const { t } = useTranslation();
  return (
    <>
      <ArrowRight size={13} aria-hidden className={styles.arrow} />
      <span className="visually-hidden">{t('diff.comparedWith')}</span>
    </>
  );
}
