import { useTranslation } from 'react-i18next';
import { useApp } from '../stores/app-store.ts';
import { useUi } from '../stores/ui-store.ts';
import { Dialog, DialogBody } from '../ui/dialog.tsx';
import { shortcutText } from '../ui/shortcut.ts';
import { COMMANDS, type CommandGroup } from './commands.ts';
import styles from './shortcut-sheet.module.css';

interface Line {
  readonly text: string;
  readonly keys: readonly string[];
}

/** All shortcuts: those of the command table, and those of rows and messages. */
export default function ShortcutSheet() {
  const { t } = useTranslation();
  const mac = useApp((app) => app.platform === 'darwin');
  const keys = (...accelerators: string[]) => accelerators.map((each) => shortcutText(each, mac));
  const commands = (group: CommandGroup): Line[] =>
    COMMANDS.filter((each) => each.group === group && each.shortcut !== null).map((each) => ({
      text: t(`commands.${each.id}`),
      keys: keys(each.shortcut ?? ''),
    }));
  const groups: readonly { readonly title: string; readonly lines: readonly Line[] }[] = [
    { title: t('shortcuts.groups.source'), lines: commands('source') },
    { title: t('shortcuts.groups.view'), lines: commands('view') },
    {
      title: t('shortcuts.groups.tree'),
      lines: [
        { text: t('shortcuts.move'), keys: ['↑', '↓'] },
        { text: t('shortcuts.expand'), keys: ['→'] },
        { text: t('shortcuts.collapse'), keys: ['←'] },
        { text: t('shortcuts.firstLast'), keys: ['Home', 'End'] },
        { text: t('shortcuts.page'), keys: ['PageUp', 'PageDown'] },
        { text: t('shortcuts.openState'), keys: ['Enter'] },
        { text: t('shortcuts.contextMenu'), keys: keys('Shift+F10') },
        { text: t('shortcuts.copyValue'), keys: keys('CmdOrCtrl+C') },
        { text: t('shortcuts.copyPath'), keys: keys('CmdOrCtrl+Shift+C') },
        { text: t('shortcuts.editValue'), keys: ['F2'] },
        { text: t('shortcuts.remove'), keys: ['Del'] },
        { text: t('shortcuts.saveEdit'), keys: keys('CmdOrCtrl+Enter') },
        ...commands('tree'),
      ],
    },
    {
      title: t('shortcuts.groups.conversation'),
      lines: [{ text: t('shortcuts.startEnd'), keys: keys('CmdOrCtrl+Home', 'CmdOrCtrl+End') }],
    },
    {
      title: t('shortcuts.groups.comparison'),
      lines: [
        { text: t('shortcuts.nextDifference'), keys: ['n', 'F7'] },
        { text: t('shortcuts.previousDifference'), keys: ['p', ...keys('Shift+F7')] },
        { text: t('shortcuts.unchanged'), keys: ['*'] },
      ],
    },
    {
      title: t('shortcuts.groups.general'),
      lines: [
        ...commands('general'),
        { text: t('shortcuts.sheet'), keys: ['?'] },
        { text: t('shortcuts.cancel'), keys: ['Esc'] },
      ],
    },
  ];
  return (
    <Dialog
      open
      onClose={() => useUi.setState({ shortcuts: false })}
      title={t('shortcuts.title')}
      closeLabel={t('common.close')}
      wide
    >
      <DialogBody>
        {groups.map((group) => (
          <section key={group.title} className={styles.group}>
            <h3 className={styles.title}>{group.title}</h3>
            <dl>
              {group.lines.map((line) => (
                <div key={line.text} className={styles.line}>
                  <dt>{line.text}</dt>
                  <dd>
                    {line.keys.map((each) => (
                      <kbd key={each} className={styles.key}>
                        {each}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </DialogBody>
    </Dialog>
  );
}
