import { createInstance } from 'i18next';
import { FALLBACK_LOCALE, resources } from '../../shared/i18n/texts.ts';
import type { Locale } from '../../shared/ipc/model.ts';

/** The text of a key in the person's language; `otherwise` where the catalogue has none. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>, otherwise?: string) => string;

/** The catalogue for menus, dialogs and the command line; the window has an instance of its own. */
export function createTranslator(locale: () => Locale): Translate {
  const instance = createInstance();
  void instance.init({
    resources,
    fallbackLng: FALLBACK_LOCALE,
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  return (key, values = {}, otherwise) =>
    instance.t(key, { ...values, lng: locale(), ...(otherwise === undefined ? {} : { defaultValue: otherwise }) });
}
