import { app, nativeTheme } from 'electron';
import type { Appearance, Locale, ThemeChoice } from '../../shared/ipc/model.ts';
import type { SettingsFile } from './settings.ts';

/** Theme and language: the person's choice, or the system's. The command line's word holds for this run only. */
export class AppearanceControl {
  readonly #settings: SettingsFile;
  #themeForNow: ThemeChoice | null;
  #localeForNow: Locale | null;

  constructor(settings: SettingsFile, forNow: { theme: ThemeChoice | null; locale: Locale | null }) {
    this.#settings = settings;
    this.#themeForNow = forNow.theme;
    this.#localeForNow = forNow.locale;
    nativeTheme.themeSource = this.#theme;
  }

  get current(): Appearance {
    const localeChoice = this.#localeForNow ?? this.#settings.current.locale;
    return {
      theme: this.#theme,
      dark: nativeTheme.shouldUseDarkColors,
      highContrast: nativeTheme.shouldUseHighContrastColors,
      localeChoice,
      locale: localeChoice === 'system' ? systemLocale(app.getPreferredSystemLanguages()) : localeChoice,
    };
  }

  setTheme(theme: ThemeChoice): void {
    this.#themeForNow = null;
    this.#settings.update({ theme });
    nativeTheme.themeSource = theme;
  }

  setLocale(locale: Locale | 'system'): void {
    this.#localeForNow = null;
    this.#settings.update({ locale });
  }

  /** Also fires when the system changes from day to night. */
  onChange(listener: () => void): void {
    nativeTheme.on('updated', listener);
  }

  get #theme(): ThemeChoice {
    return this.#themeForNow ?? this.#settings.current.theme;
  }
}

/** The first of the system's languages that we speak; English where there is none. */
export function systemLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh-CN';
    if (/^en\b/i.test(language)) return 'en';
  }
  return 'en';
}
