import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { stepChange } from '../../host/history.ts';
import { travel } from '../../host/time-travel.ts';
import { type TimeRange, useHistory } from '../../stores/history-store.ts';
import { cx } from '../../ui/cx.ts';
import { clockText } from '../../ui/moment.ts';
import { useFormat } from '../../ui/use-format.ts';
import { asOfText } from './as-of-text.ts';
import styles from './timeline.module.css';

export interface PlayheadProps {
  readonly workspace: WorkspaceSummary;
  readonly range: TimeRange;
  readonly width: number;
  /** @param left pixels from the left edge */
  readonly timeAt: (left: number) => number;
}

/** The moment that the window shows. Dragged on the ruler, or stepped by keys along the changes that the query finds. */
export function Playhead({ workspace, range, width, timeAt }: PlayheadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const status = useHistory((state) => state.status);
  const [dragged, setDragged] = useState<number | null>(null);
  const { asOf } = workspace;
  const last = status?.lastTime ?? range.to;
  const time = dragged ?? asOf?.time ?? last;
  const left = ((time - range.from) / (range.to - range.from)) * width;
  const outside = left < 0 || left > width;

  const dragTo = ({ clientX, currentTarget }: PointerEvent<HTMLDivElement>) => {
    const { left: edge } = currentTarget.getBoundingClientRect();
    const at = Math.min(Math.max(timeAt(clientX - edge), range.from), range.to);
    setDragged(at);
    travel(at >= last ? null : { time: at });
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragTo(event);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (dragged !== null) dragTo(event);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft' || event.key === 'ArrowDown') void stepChange('older');
    else if (event.key === 'ArrowRight' || event.key === 'ArrowUp') void stepChange('newer');
    else if (event.key === 'Home') travel({ time: 0 });
    else if (event.key === 'End' || (event.key === 'Escape' && asOf)) travel(null);
    else return;
    event.preventDefault();
  };
  const text = asOf === null ? t('history.now') : asOfText(t, asOf, clockText(asOf.time), format);
  return (
    <div className={styles.track}>
      <div
        className={styles.grip}
        title={t('history.playheadHelp')}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => setDragged(null)}
        onPointerCancel={() => setDragged(null)}
      />
      <div
        role="slider"
        tabIndex={0}
        aria-label={t('history.playhead')}
        aria-valuemin={1}
        aria-valuemax={status?.lastSeq ?? 1}
        aria-valuenow={asOf?.seq ?? status?.lastSeq ?? 1}
        aria-valuetext={text}
        className={cx(styles.playhead, asOf !== null && styles.past, outside && styles.outside)}
        style={{ left: Math.min(Math.max(left, 0), width) }}
        onKeyDown={onKeyDown}
      >
        <span className={styles.flag}>{asOf === null && dragged === null ? t('history.now') : clockText(time)}</span>
      </div>
    </div>
  );
}
