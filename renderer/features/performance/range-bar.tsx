import { Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { HOUR_MS, type Span, showSpan, spanBack, usePerformance } from '../../stores/performance-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './performance.module.css';
import { useMomentText } from './use-moment-text.ts';

const SPANS = {
  minutes: { kind: 'last', length: HOUR_MS / 12 },
  hour: { kind: 'last', length: HOUR_MS },
  day: { kind: 'last', length: 24 * HOUR_MS },
  all: { kind: 'all' },
} as const satisfies Record<string, Span>;
type SpanName = keyof typeof SPANS;
const NAMES = Object.keys(SPANS) as readonly SpanName[];

/** Which time is shown; what is marked in a chart is narrower, and one step leads out of it again. */
export function RangeBar() {
  const { t } = useTranslation();
  const format = useFormat();
  const span = usePerformance((state) => state.span);
  const isMarked = usePerformance((state) => state.spansBefore.length > 0);
  const momentText = useMomentText(span.kind === 'between' ? span : { from: 0, to: 0 });
  const name = NAMES.find((each) => isSame(SPANS[each], span));
  return (
    <div className={styles.range}>
      {span.kind === 'between' ? (
        <span
          className={styles.marked}
          title={`${format.exact(new Date(span.from))} – ${format.exact(new Date(span.to))}`}
        >
          {momentText(span.from)} – {momentText(span.to)}
        </span>
      ) : null}
      {isMarked ? (
        <IconButton label={t('performance.spanBack')} onClick={spanBack}>
          <Undo2 size={14} aria-hidden />
        </IconButton>
      ) : null}
      <Segments<SpanName | 'marked'>
        label={t('performance.span')}
        value={name ?? 'marked'}
        options={NAMES.map((each) => ({ value: each, text: t(`performance.spans.${each}`) }))}
        onChange={(chosen) => {
          if (chosen !== 'marked') showSpan(SPANS[chosen]);
        }}
      />
    </div>
  );
}

function isSame(a: Span, b: Span): boolean {
  return a.kind === b.kind && (a.kind !== 'last' || b.kind !== 'last' || a.length === b.length);
}
