import { createInstance } from 'i18next';
import { resources } from '../../shared/i18n/texts.ts';
import type { Locale } from '../../shared/ipc/model.ts';

export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** The catalogue for menus and dialogs; the window has an instance of its own. */
export function createTranslator(locale: () => Locale): Translate {
  const instance = createInstance();
  void instance.init({
    resources,
    fallbackLng: 'en',
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  return (key, values) => instance.t(key, { ...values, lng: locale() });
}
