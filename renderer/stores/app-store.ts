import { create } from 'zustand';
import type { Appearance, AppInfo, RecentSource } from '../../shared/ipc/model.ts';

interface AppState {
  readonly version: string;
  readonly electron: string;
  readonly platform: string;
  readonly appearance: Appearance;
  readonly recents: readonly RecentSource[];
  readonly sampleWorkspace: string;
  readonly canKeepSecrets: boolean;
}

/** What the main process told about the program, its looks and its recents. Written by host/events.ts only. */
export const useApp = create<AppState>(() => ({
  version: '',
  electron: '',
  platform: '',
  appearance: { theme: 'system', dark: false, highContrast: false, localeChoice: 'system', locale: 'en' },
  recents: [],
  sampleWorkspace: '',
  canKeepSecrets: false,
}));

export function appStarted(info: AppInfo): void {
  const { version, electron, platform, appearance, recents, sampleWorkspace, canKeepSecrets } = info;
  useApp.setState({ version, electron, platform, appearance, recents, sampleWorkspace, canKeepSecrets });
}
