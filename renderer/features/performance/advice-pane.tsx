import { CircleCheck, Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  JournalPruneRule,
  PerformanceReport,
  PerformanceSample,
  Recommendation,
  RecommendationAction,
  RecommendationPriority,
  SeriesKey,
} from '../../../shared/ipc/performance.ts';
import { showChanges, showValue } from '../../host/performance.ts';
import { filterPerformance, showPerformanceTab } from '../../stores/performance-store.ts';
import { showPersistence } from '../../stores/selection-store.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './advice.module.css';
import { adviceText } from './headline.ts';
import { LatencyTable } from './latency-table.tsx';
import { NowTable } from './now-table.tsx';
import { PruneDialog } from './prune-dialog.tsx';
import { useUnits } from './use-units.ts';

const SIGNS = { high: OctagonAlert, medium: TriangleAlert, low: Info } as const satisfies Record<
  RecommendationPriority,
  unknown
>;

export interface AdvicePaneProps {
  readonly report: PerformanceReport;
  /** Newer than what the report has, where something was measured since. */
  readonly latest: PerformanceSample | null;
}

/** What to do, with the figures that speak for it and the button that begins it; and how things stand. */
export function AdvicePane({ report, latest }: AdvicePaneProps) {
  const { t } = useTranslation();
  const [pruning, setPruning] = useState<JournalPruneRule | null>(null);
  const { recommendations } = report;
  const sample = latest ?? report.current ?? null;
  return (
    <div className={styles.pane}>
      {recommendations.length === 0 ? (
        <p className={styles.fine}>
          {report.current ? <CircleCheck size={16} aria-hidden className={styles.good} /> : null}
          {t(report.current ? 'performance.noAdvice' : 'performance.nothingYet')}
        </p>
      ) : (
        <ul className={styles.list} aria-label={t('performance.tab.advice')}>
          {recommendations.map((each) => (
            <Advice key={each.id} advice={each} onPrune={setPruning} />
          ))}
        </ul>
      )}
      <div className={styles.figures}>
        <LatencyTable latencies={sample?.manager?.total.latencies ?? []} />
        <NowTable sample={sample} trends={report.trends} />
      </div>
      {pruning ? <PruneDialog rule={pruning} onClose={() => setPruning(null)} /> : null}
    </div>
  );
}

interface AdviceProps {
  readonly advice: Recommendation;
  readonly onPrune: (rule: JournalPruneRule) => void;
}

function Advice({ advice, onPrune }: AdviceProps) {
  const { t } = useTranslation();
  const write = useUnits();
  const { code, priority, evidence, action } = advice;
  const Sign = SIGNS[priority];
  const seen = evidence.find(({ series }) => series !== undefined)?.series;
  return (
    <li className={styles.advice}>
      <Sign size={16} aria-hidden className={cx(styles.sign, styles[priority])} />
      <div className={styles.text}>
        <h2 className={styles.title}>
          {visibleText(adviceText(t, advice))}
          <span className={styles.priority}>{t(`performance.priority.${priority}`)}</span>
        </h2>
        <p className={styles.help}>{t(`performance.adviceHelp.${code}`)}</p>
        <dl className={styles.evidence}>
          {evidence.map(({ code: name, unit, value }) => (
            <div key={name} className={styles.figure}>
              <dt>{t(`performance.evidence.${name}`)}</dt>
              <dd>{write(unit, value)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div className={styles.actions}>
        <Button kind="primary" onClick={() => begin(action, onPrune)}>
          {t(`performance.action.${action.kind}`)}
        </Button>
        {seen ? (
          <Button kind="quiet" onClick={() => showChart(seen)}>
            {t('performance.showChart')}
          </Button>
        ) : null}
      </div>
    </li>
  );
}

function begin(action: RecommendationAction, onPrune: AdviceProps['onPrune']): void {
  switch (action.kind) {
    case 'open-state':
      void showValue(action.key, action.path);
      break;
    case 'open-history':
      showChanges(action.query);
      break;
    case 'open-persistence':
      showPersistence();
      break;
    case 'prune-journal':
      onPrune(action.rule);
      break;
    case 'open-sizes':
      showPerformanceTab('sizes');
      break;
    default:
      action satisfies never;
  }
}

/** The charts, narrowed to what the figure is of. */
function showChart({ backend, kind, key }: SeriesKey): void {
  filterPerformance({ backend: backend ?? null, kind: kind ?? null, key: key ?? null });
  showPerformanceTab('charts');
}
