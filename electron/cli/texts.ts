import { createInstance } from 'i18next';
import { resources } from '../../shared/i18n/texts.ts';
import type { Locale } from '../../shared/ipc/model.ts';

/** The text of a key in the person's language; `otherwise` where the catalogue has none. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>, otherwise?: string) => string;

export function createTranslator(locale: Locale): Translate {
  const instance = createInstance();
  void instance.init({
    resources,
    lng: locale,
    fallbackLng: 'en',
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  return (key, values = {}, otherwise) =>
    instance.t(key, { ...values, ...(otherwise === undefined ? {} : { defaultValue: otherwise }) });
}
