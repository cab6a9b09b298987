import { Settings } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Appearance, ThemeChoice } from '../../../shared/ipc/model.ts';
import { tell } from '../../host/client.ts';
import { useApp } from '../../stores/app-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuChoice, MenuSeparator } from '../../ui/menu.tsx';

/** Theme and language. The main process keeps them and tells the window when they have changed. */
export function SettingsMenu() {
  const { t } = useTranslation();
  const appearance = useApp((app) => app.appearance);
  return (
    <Menu
      align="end"
      side="top"
      trigger={
        <IconButton label={t('settings.title')}>
          <Settings size={14} aria-hidden />
        </IconButton>
      }
    >
      <MenuChoice<ThemeChoice>
        label={t('settings.theme')}
        value={appearance.theme}
        onChange={(theme) => tell('app.setTheme', { theme })}
        options={[
          { value: 'light', text: t('settings.light') },
          { value: 'dark', text: t('settings.dark') },
          { value: 'system', text: t('settings.system') },
        ]}
      />
      <MenuSeparator />
      <MenuChoice<Appearance['localeChoice']>
        label={t('settings.language')}
        value={appearance.localeChoice}
        onChange={(locale) => tell('app.setLocale', { locale })}
        options={[
          { value: 'en', text: t('settings.english') },
          { value: 'zh-CN', text: t('settings.chinese') },
          { value: 'system', text: t('settings.system') },
        ]}
      />
    </Menu>
  );
}
