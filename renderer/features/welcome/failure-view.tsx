import { CircleX, File, FolderOpen, KeyRound, RotateCw, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isServerAddress } from '../../../shared/ipc/address.ts';
import type { HostError, HostErrorCode } from '../../../shared/ipc/result.ts';
import { openSource, pickSource } from '../../host/opening.ts';
import { failureDismissed, type OpenFailure } from '../../stores/workspace-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { splitPath } from '../../ui/paths.ts';
import { RecentsList } from './recents-list.tsx';
import { SecretForm } from './secret-form.tsx';
import styles from './welcome.module.css';

/** A password or a passphrase may be all that is missing. */
const ASKS_FOR_SECRET: ReadonlySet<HostErrorCode> = new Set<HostErrorCode>([
  'secret-needed',
  'secret-wrong',
  'auth-failed',
]);

/** Being asked for a secret for the first time is no failure. */
function useTitle({ location, error }: OpenFailure): string {
  const { t } = useTranslation();
  const { name } = splitPath(location);
  if (error.code !== 'secret-needed') return t('failure.title', { name });
  return t(isServerAddress(location) ? 'secret.passwordTitle' : 'secret.passphraseTitle', { name });
}

/** Opening failed and nothing else is open: what happened, to which path, and what to do next. */
export function FailureView({ failure }: { readonly failure: OpenFailure }) {
  const { t } = useTranslation();
  const title = useTitle(failure);
  const asks = ASKS_FOR_SECRET.has(failure.error.code);
  const Icon = failure.error.code === 'secret-needed' ? KeyRound : CircleX;
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <div role="alert">
          <h1 className={styles.title}>
            <Icon size={18} aria-hidden className={Icon === CircleX ? styles.failureIcon : styles.askIcon} />
            {title}
          </h1>
          <ErrorText error={failure.error} location={failure.location} />
        </div>
        {asks ? <SecretForm request={failure} /> : null}
        <div className={styles.buttons}>
          <Button
            kind={asks ? 'plain' : 'primary'}
            icon={<RotateCw size={14} aria-hidden />}
            onClick={() => void openSource(failure)}
          >
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
  const title = useTitle(failure);
  return (
    <div role="alert" className={styles.banner}>
      <CircleX size={16} aria-hidden className={styles.failureIcon} />
      <div className={styles.bannerText} title={failure.error.message}>
        <p>
          <strong>{title}</strong>
        </p>
        <p>
          {t(`errors.${failure.error.code}`, { ...failure.error.details, location: failure.location })}{' '}
          {t(`errorHelp.${failure.error.code}`)} {t('failure.stillOpen', { name: openName })}
        </p>
      </div>
      {ASKS_FOR_SECRET.has(failure.error.code) ? (
        <SecretForm request={failure} />
      ) : (
        <>
          <Button onClick={() => void openSource(failure)}>{t('common.retry')}</Button>
          <Button onClick={() => void pickSource('folder')}>{t('failure.another')}</Button>
        </>
      )}
      <IconButton label={t('common.dismiss')} onClick={failureDismissed}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
