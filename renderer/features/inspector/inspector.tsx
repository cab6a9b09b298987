import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { type Draft, useDraft } from '../../stores/draft-store.ts';
import { changeLayout, useLayout } from '../../stores/layout-store.ts';
import { useOpenState } from '../../stores/state-store.ts';
import styles from './inspector.module.css';
import { MetadataPane } from './metadata-pane.tsx';
import { ValuePane } from './value-pane.tsx';

export interface InspectorProps {
  /** Draws the editor of a value that is being changed here. */
  readonly editor: (draft: Draft) => ReactNode;
}

/** What the selected node holds, and what is known about the state that holds it. */
export function Inspector({ editor }: InspectorProps) {
  const { t } = useTranslation();
  const { workspace, summary, detail } = useOpenState();
  const draft = useDraft((state) => state.draft);
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
            <ValuePane
              workspace={workspace}
              stateKey={summary.key}
              revision={summary.revision}
              detail={detail}
              editor={
                draft?.place === 'pane' && draft.key === summary.key && draft.node === detail.node
                  ? editor(draft)
                  : null
              }
            />
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
