import type { Appearance } from '../../shared/ipc/model.ts';
import { useApp } from '../stores/app-store.ts';

function show({ dark, highContrast }: Appearance): void {
  const { dataset } = document.documentElement;
  dataset['theme'] = dark ? 'dark' : 'light';
  if (highContrast) dataset['contrast'] = 'high';
  else delete dataset['contrast'];
}

/** Puts theme and contrast on the document, now and whenever they change. */
export function followAppearance(): void {
  show(useApp.getState().appearance);
  useApp.subscribe(({ appearance }) => show(appearance));
}
