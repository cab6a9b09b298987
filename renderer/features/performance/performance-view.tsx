import { Tabs } from '@base-ui/react/tabs';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { readPerformance } from '../../host/performance.ts';
import { errorText } from '../../host/told-text.ts';
import {
  firstOf,
  type PerformanceTab,
  rangeOf,
  showPerformanceTab,
  usePerformance,
} from '../../stores/performance-store.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { AdvicePane } from './advice-pane.tsx';
import { AgentsPane } from './agents-pane.tsx';
import { AttributionPane } from './attribution.tsx';
import { ChartsPane } from './charts-pane.tsx';
import { FilterBar } from './filter-bar.tsx';
import { headlineOf } from './headline.ts';
import styles from './performance.module.css';
import { RangeBar } from './range-bar.tsx';
import { useUnits } from './use-units.ts';

const TABS = ['advice', 'charts', 'agents', 'sizes'] as const satisfies readonly PerformanceTab[];
/** Advice and what can be drawn: not with every sample. */
const ADVICE_EVERY_MS = 5000;

/** How quick a source is and how large it becomes: what to do about it, and the figures over time. */
export default function PerformanceView({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const write = useUnits();
  const { workspace: readIn, overview, error, latest, tab, span, changes } = usePerformance();
  const known = readIn === workspace ? overview : null;
  const age = Math.floor((latest?.time ?? 0) / ADVICE_EVERY_MS);
  const first = firstOf(span, known);
  useEffect(() => {
    void readPerformance(workspace, rangeOf(span, first, Date.now()));
    // Asked again when there is more, though the question is the same.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [workspace, span, first, changes, age]);

  const problem = readIn === workspace ? error : null;
  const headline = known ? headlineOf(t, write, known.report) : t('performance.title');
  const advised = known?.report.recommendations.length ?? 0;
  return (
    <section className={styles.view} aria-label={t('performance.title')}>
      <h1 className={styles.headline}>{visibleText(headline)}</h1>
      {problem ? <p className={styles.problem}>{errorText(t, problem)}</p> : null}
      {known?.problem ? <p className={styles.problem}>{errorText(t, known.problem)}</p> : null}
      <Tabs.Root
        value={tab}
        onValueChange={(next: PerformanceTab) => showPerformanceTab(next)}
        className={styles.content}
      >
        <div className={styles.bar}>
          <Tabs.List className={styles.tabs} aria-label={t('performance.tabs')}>
            {TABS.map((each) => (
              <Tabs.Tab key={each} value={each} className={styles.tab}>
                {t(each === 'sizes' ? 'attribution.title' : `performance.tab.${each}`)}
                {each === 'advice' && advised > 0 ? <span className={styles.count}>{advised}</span> : null}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tab === 'charts' ? <FilterBar /> : null}
          {tab === 'charts' || tab === 'agents' ? <RangeBar /> : null}
        </div>
        <Tabs.Panel value="advice" className={styles.panel}>
          {known ? <AdvicePane report={known.report} latest={latest} /> : null}
        </Tabs.Panel>
        <Tabs.Panel value="charts" className={styles.panel}>
          {known ? <ChartsPane workspace={workspace} /> : null}
        </Tabs.Panel>
        <Tabs.Panel value="agents" className={styles.panel}>
          {known ? <AgentsPane workspace={workspace} /> : null}
        </Tabs.Panel>
        <Tabs.Panel value="sizes" className={styles.sizes}>
          <AttributionPane workspace={workspace} />
        </Tabs.Panel>
      </Tabs.Root>
    </section>
  );
}
