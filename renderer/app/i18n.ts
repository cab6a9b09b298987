import { changeLanguage, use as withPlugin } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { FALLBACK_LOCALE, resources } from '../../shared/i18n/texts.ts';
import type { Locale } from '../../shared/ipc/model.ts';
import { useApp } from '../stores/app-store.ts';

/** Starts the window's texts in a language and follows the choice from then on. */
export async function startTexts(locale: Locale): Promise<void> {
  await withPlugin(initReactI18next).init({
    resources,
    lng: locale,
    fallbackLng: FALLBACK_LOCALE,
    // React escapes; escaping twice would show entities in paths.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = locale;
  useApp.subscribe(({ appearance }, before) => {
    if (appearance.locale === before.appearance.locale) return;
    document.documentElement.lang = appearance.locale;
    void changeLanguage(appearance.locale);
  });
}
