import { CircleX, File, FolderOpen, RotateCw, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HostError } from '../../../shared/ipc/result.ts';
import { openSource, pickSource } from '../../host/opening.ts';
import { failureDismissed, type OpenFailure } from '../../stores/workspace-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { splitPath } from '../../ui/paths.ts';
import { RecentsList } from './recents-list.tsx';
import styles from './welcome.module.css';

/** Opening failed and nothing else is open: what happened, to which path, and what to do next. */
export function FailureView({ failure }: { readonly failure: OpenFailure }) {
  const { t } = useTranslation();
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <div role="alert">
          <h1 className={styles.title}>
            <CircleX size={18} aria-hidden className={styles.failureIcon} />
            {t('failure.title', { name: splitPath(failure.location).name })}
          </h1>
          <ErrorText error={failure.error} location={failure.location} />
        </div>
        <div className={styles.buttons}>
          <Button kind="primary" icon={<RotateCw size={14} aria-hidden />} onClick={() => void openSource(failure)}>
            {t('common.retry')}
          </Button>
          <Button icon={<FolderOpen size={14} aria-hidden />} onClick={() => void pickSource('folder')}>
            {t('failure.anotherFolder')}
          </Button>
          <Button icon={<File size={14} aria-hidden />} onClick={() => void pickSource('file')}>
            {t('failure.anotherFile')}
          </Button>
        </div>
        <RecentsList />
      </div>
    </main>
  );
}

function ErrorText({ error, location }: { readonly error: HostError; readonly location: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={styles.what}>{t(`errors.${error.code}`, { ...error.details, location })}</p>
      <p className={styles.next}>{t(`errorHelp.${error.code}`)}</p>
      <details className={styles.details}>
        <summary>{t('failure.details')}</summary>
        <p>{error.message}</p>
        <code>{error.code}</code>
      </details>
    </>
  );
}

export interface FailureBannerProps {
  readonly failure: OpenFailure;
  /** Name of the source that is still open. */
  readonly openName: string;
}

/** Opening another source failed: what was open stays, and this says why. */
export function FailureBanner({ failure, openName }: FailureBannerProps) {
  const { t } = useTranslation();
  return (
    <div role="alert" className={styles.banner}>
      <CircleX size={16} aria-hidden className={styles.failureIcon} />
      <div className={styles.bannerText} title={failure.error.message}>
        <p>
          <strong>{t('failure.title', { name: splitPath(failure.location).name })}</strong>
        </p>
        <p>
          {t(`errors.${failure.error.code}`, { ...failure.error.details, location: failure.location })}{' '}
          {t(`errorHelp.${failure.error.code}`)} {t('failure.stillOpen', { name: openName })}
        </p>
      </div>
      <Button onClick={() => void openSource(failure)}>{t('common.retry')}</Button>
      <Button onClick={() => void pickSource('folder')}>{t('failure.another')}</Button>
      <IconButton label={t('common.dismiss')} onClick={failureDismissed}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
