import type { TFunction } from 'i18next';

/** A store is called as its configuration calls it; a source without one by its format. */
export function backendName(t: TFunction, backend: string): string {
  return t(`formats.${backend as 'json'}`, { defaultValue: backend });
}
