import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { changeLayout, useLayout } from '../../stores/layout-store.ts';
import { useOpenState } from '../../stores/state-store.ts';
import styles from './inspector.module.css';
import { MetadataPane } from './metadata-pane.tsx';
import { ValuePane } from './value-pane.tsx';

/** What the selected node holds, and what is known about the state that holds it. */
export function Inspector() {
  const { t } = useTranslation();
  const { workspace, summary, detail } = useOpenState();
  const [height] = useState(() => useLayout.getState().metadataHeight);
  if (workspace === null || !summary) {
    return (
      <section className={styles.inspector} aria-label={t('inspector.title')}>
        <p className={styles.nothing}>{t('inspector.nothing')}</p>
      </section>
    );
  }
  return (
    <section className={styles.inspector} aria-label={t('inspector.title')}>
      <Group orientation="vertical" disableCursor>
        <Panel id="value" minSize={120}>
          {detail ? (
            <ValuePane workspace={workspace} stateKey={summary.key} detail={detail} />
          ) : (
            <p className={styles.nothing}>{t('inspector.nothing')}</p>
          )}
        </Panel>
        <Separator className={styles.separator} aria-label={t('inspector.metadata')} />
        <Panel
          id="metadata"
          defaultSize={height}
          minSize={64}
          maxSize="60%"
          groupResizeBehavior="preserve-pixel-size"
          onResize={(size) => changeLayout({ metadataHeight: Math.round(size.inPixels) })}
        >
          <MetadataPane summary={summary} />
        </Panel>
      </Group>
    </section>
  );
}
