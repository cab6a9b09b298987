import { GitCompareArrows } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { LaneEvent, LanePage } from '../../../shared/ipc/sync.ts';
import { compareVersions, openEvent } from '../../host/sync.ts';
import { changeSync } from '../../stores/sync-store.ts';
import { Button } from '../../ui/button.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { laneName } from './lane-name.ts';
import styles from './sync.module.css';

/** The rest is counted. */
const MOST_NAMED = 6;

interface EventDetailProps {
  readonly event: LaneEvent;
  readonly bySeq: ReadonlyMap<number, LaneEvent>;
  readonly lanes: LanePage;
}

/** What one change had seen, and what it had not. */
export function EventDetail({ event, bySeq, lanes }: EventDetailProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const here = t('sync.here');
  const node = laneName(lanes, event, here);
  return (
    <section className={styles.detail} aria-label={t('sync.detail')}>
      <p>
        <strong>{t('sync.wrote', { node, key: visibleText(event.key), what: t(`sync.what.${event.what}`) })}</strong>{' '}
        <span className={styles.help}>
          {format.exact(new Date(event.time))} · #{format.count(event.seq)}
        </span>{' '}
        <Button kind="quiet" onClick={() => openEvent(event)}>
          {t(event.version === null ? 'sync.openChange' : 'sync.openState')}
        </Button>
      </p>
      {event.mark === null ? null : <p>{t(`sync.explained.${event.mark}`)}</p>}
      <Relations label={t('sync.hadSeen')} event={event} seqs={event.parents} bySeq={bySeq} lanes={lanes} />
      <Relations label={t('sync.neitherSaw')} event={event} seqs={event.concurrentWith} bySeq={bySeq} lanes={lanes} />
    </section>
  );
}

interface RelationsProps extends EventDetailProps {
  readonly label: string;
  readonly seqs: readonly number[];
}

function Relations({ label, event, seqs, bySeq, lanes }: RelationsProps) {
  const { t } = useTranslation();
  const here = t('sync.here');
  if (seqs.length === 0) return null;
  return (
    <p className={styles.relations}>
      <span className={styles.help}>{label}</span>
      {seqs.slice(0, MOST_NAMED).map((seq) => {
        const other = bySeq.get(seq);
        const text = `${other === undefined ? '' : `${laneName(lanes, other, here)} `}#${seq}`;
        const { version } = event;
        return (
          <span key={seq} className={styles.relation}>
            <button
              type="button"
              className={styles.link}
              disabled={other === undefined}
              onClick={() => changeSync({ selected: seq })}
            >
              {text}
            </button>
            {version === null || other?.version == null || event.bytes === null || other.bytes === null ? null : (
              <button
                type="button"
                className={styles.link}
                aria-label={t('sync.compareWith', { other: text })}
                title={t('sync.compareWith', { other: text })}
                onClick={() => other.version && compareVersions(event.key, other.version, version)}
              >
                <GitCompareArrows size={12} aria-hidden />
              </button>
            )}
          </span>
        );
      })}
      {seqs.length > MOST_NAMED ? <span className={styles.help}>+{seqs.length - MOST_NAMED}</span> : null}
    </p>
  );
}
