/** Shortcuts in Electron's accelerator notation: how they are written for a person and whether a key event is one. */

const MAC: Readonly<Record<string, string>> = { CmdOrCtrl: '⌘', Shift: '⇧', Alt: '⌥' };
const OTHER: Readonly<Record<string, string>> = { CmdOrCtrl: 'Ctrl' };

export function shortcutText(accelerator: string, mac: boolean): string {
  const names = mac ? MAC : OTHER;
  return accelerator
    .split('+')
    .map((part) => names[part] ?? part)
    .join(mac ? '' : '+');
}

export interface Keys {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export function matchesShortcut(accelerator: string, event: Keys, mac: boolean): boolean {
  const parts = accelerator.split('+');
  const key = parts.at(-1) ?? '';
  const control = parts.includes('CmdOrCtrl');
  const pressed = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  const none = !event.ctrlKey && !event.metaKey;
  return (
    (control ? pressed : none) &&
    event.altKey === parts.includes('Alt') &&
    event.shiftKey === parts.includes('Shift') &&
    event.key.toLowerCase() === key.toLowerCase()
  );
}
