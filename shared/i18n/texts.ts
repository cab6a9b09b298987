/** The catalogue for i18next: window, native menu and command line each start their own instance with `resources`. */
import { en } from './en.ts';
import type { Texts } from './shape.ts';
import { zhCN } from './zh-CN.ts';

export type { Texts } from './shape.ts';

export const resources = {
  en: { translation: en },
  'zh-CN': { translation: zhCN },
} as const satisfies Record<string, { translation: Texts }>;

export const FALLBACK_LOCALE = 'en';
