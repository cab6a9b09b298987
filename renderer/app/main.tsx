import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './fonts.css';
import './theme.css';
import './global.css';
import { followBackups } from '../host/backups.ts';
import { call } from '../host/client.ts';
import { followComparing } from '../host/comparing.ts';
import { followConsistency } from '../host/consistency.ts';
import { followEvents } from '../host/events.ts';
import { followSelection } from '../host/follow-selection.ts';
import { followHistory } from '../host/history.ts';
import { followPerformance } from '../host/performance.ts';
import { followSearch } from '../host/searching.ts';
import { followSnapshots } from '../host/snapshots.ts';
import { App } from './app.tsx';
import { followAppearance } from './appearance.ts';
import { runCommand } from './commands.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { reportFirstPaint } from './first-paint.ts';
import { startTexts } from './i18n.ts';

async function start(): Promise<void> {
  const root = document.getElementById('root');
  const info = await call('app.info');
  if (!root) throw new Error('index.html has no #root');
  if (!info.ok) throw new Error(info.error.message);
  followSelection();
  followHistory();
  followComparing();
  followSearch();
  followConsistency();
  followSnapshots();
  followBackups();
  followPerformance();
  followEvents(info.value, runCommand);
  followAppearance();
  await startTexts(info.value.appearance.locale);
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <App />
      </ErrorBoundary>
    </StrictMode>,
  );
  reportFirstPaint();
}

start().catch((error: unknown) => {
  // Nothing can be translated yet, and a blank window would say less.
  document.body.textContent = `Statescope could not start: ${error instanceof Error ? error.message : String(error)}`;
  throw error;
});
