import { Component, type ErrorInfo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { copyShown } from '../host/copying.ts';
import { useApp } from '../stores/app-store.ts';
import { Button } from '../ui/button.tsx';
import styles from './error-boundary.module.css';

interface Props {
  readonly children: ReactNode;
}
interface State {
  readonly error: Error | null;
  readonly components: string;
}

/** Keeps a broken view from taking the others with it, and shows a report that can be copied. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, components: '' };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ components: info.componentStack ?? '' });
  }

  override render(): ReactNode {
    const { error, components } = this.state;
    if (!error) return this.props.children;
    return (
      <Report error={error} components={components} onAgain={() => this.setState({ error: null, components: '' })} />
    );
  }
}

interface ReportProps {
  readonly error: Error;
  readonly components: string;
  readonly onAgain: () => void;
}

function Report({ error, components, onAgain }: ReportProps) {
  const { t } = useTranslation();
  const { version, electron, platform } = useApp();
  const report = [
    `Statescope ${version} · Electron ${electron} · ${platform}`,
    `${error.name}: ${error.message}`,
    withoutPaths(error.stack ?? ''),
    components.trim(),
  ].join('\n');
  return (
    <div className={styles.report} role="alert">
      <h2 className={styles.title}>{t('boundary.title')}</h2>
      <p>{t('boundary.body')}</p>
      <pre className={styles.text} aria-label={t('boundary.report')}>
        {report}
      </pre>
      <div className={styles.actions}>
        <Button kind="primary" onClick={onAgain}>
          {t('boundary.again')}
        </Button>
        <Button onClick={() => copyShown(report)}>{t('boundary.copy')}</Button>
        <Button onClick={() => window.location.reload()}>{t('boundary.reload')}</Button>
      </div>
    </div>
  );
}

/** The stack names our own bundle only; the first line repeats the message. */
function withoutPaths(stack: string): string {
  return stack.split('\n').slice(1).join('\n');
}
