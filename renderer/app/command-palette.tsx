import { defaultFilter, Command as Palette } from 'cmdk';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExplorerRow } from '../../shared/ipc/model.ts';
import { call } from '../host/client.ts';
import { useApp } from '../stores/app-store.ts';
import { selectState } from '../stores/selection-store.ts';
import { askForTree, useUi } from '../stores/ui-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { Dialog } from '../ui/dialog.tsx';
import { shortcutText } from '../ui/shortcut.ts';
import { visibleText } from '../ui/visible-text.ts';
import styles from './command-palette.module.css';
import { COMMANDS, type Command } from './commands.ts';

type StateRow = Extract<ExplorerRow, { row: 'state' }>;

const MAX_STATES = 30;
const LOOKUP_DELAY_MS = 80;

const close = () => useUi.setState({ palette: false });

/** Every command, and every state by its key. */
export default function CommandPalette() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const states = useStates(text.trim());
  const mac = useApp((app) => app.platform === 'darwin');

  const commands = useMemo(() => {
    const wish = text.trim();
    return COMMANDS.filter((each) => each.id !== 'command-palette' && each.enabled())
      .map((each) => ({ each, label: t(`commands.${each.id}`) }))
      .map((entry) => ({ ...entry, score: wish === '' ? 1 : defaultFilter(entry.label, wish, [entry.each.id]) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score);
  }, [text, t]);

  const run = (each: Command) => {
    close();
    // After the dialog has given the focus back.
    window.setTimeout(each.run, 0);
  };
  const goTo = (key: string) => {
    close();
    selectState(key);
    window.setTimeout(askForTree, 0);
  };

  return (
    <Dialog open onClose={close} title={t('palette.title')} closeLabel={null} bare wide>
      <Palette label={t('palette.title')} shouldFilter={false} loop className={styles.palette} vimBindings={false}>
        <Palette.Input
          autoFocus
          className={styles.input}
          placeholder={t('palette.placeholder')}
          value={text}
          onValueChange={setText}
          maxLength={1000}
        />
        <Palette.List className={styles.list}>
          <Palette.Empty className={styles.empty}>{t('palette.nothing')}</Palette.Empty>
          {commands.length > 0 ? (
            <Palette.Group heading={t('palette.commands')} className={styles.group}>
              {commands.map(({ each, label }) => (
                <Palette.Item
                  key={each.id}
                  value={`command ${each.id}`}
                  className={styles.item}
                  onSelect={() => run(each)}
                >
                  <span className={styles.text}>{label}</span>
                  {each.shortcut === null ? null : (
                    <kbd className={styles.keys}>{shortcutText(each.shortcut, mac)}</kbd>
                  )}
                </Palette.Item>
              ))}
            </Palette.Group>
          ) : null}
          {states.length > 0 ? (
            <Palette.Group heading={t('palette.states')} className={styles.group}>
              {states.map((state) => (
                <Palette.Item
                  key={state.key}
                  value={`state ${state.key}`}
                  className={styles.item}
                  onSelect={() => goTo(state.key)}
                >
                  <span className={styles.text}>{visibleText(state.key)}</span>
                  <span className={styles.type}>{state.type}</span>
                </Palette.Item>
              ))}
            </Palette.Group>
          ) : null}
        </Palette.List>
      </Palette>
    </Dialog>
  );
}

/** States whose key, type or status fits, from the engine's own filter. */
function useStates(filter: string): readonly StateRow[] {
  const workspace = useWorkspace((state) => state.workspace?.workspace ?? null);
  const [states, setStates] = useState<readonly StateRow[]>([]);
  useEffect(() => {
    if (workspace === null) return undefined;
    let live = true;
    const lookUp = async () => {
      const list = { groupBy: 'kind', sort: 'key', collapsed: [], offset: 0, limit: MAX_STATES } as const;
      const query = { workspace, filter, ...list, collapsed: [] };
      const answer = await call('explorer.rows', query);
      if (live && answer.ok) setStates(answer.value.rows.filter((row) => row.row === 'state'));
    };
    const timer = window.setTimeout(() => {
      void lookUp();
    }, LOOKUP_DELAY_MS);
    return () => {
      live = false;
      window.clearTimeout(timer);
    };
  }, [workspace, filter]);
  return states;
}
