import { useTranslation } from 'react-i18next';
import type { CopyStatesProgress } from '../../../shared/ipc/persistence.ts';
import { JobProgress } from '../../ui/job-progress.tsx';
import { useFormat } from '../../ui/use-format.ts';

/** How far it is, and which state is at work. */
export function CopyProgress({ progress }: { readonly progress: CopyStatesProgress | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const fraction = progress && progress.total > 0 ? progress.done / progress.total : null;
  const text = progress ? t('copying.progress', { done: progress.done, total: progress.total }) : t('copying.starting');
  return (
    <JobProgress
      label={t('copying.progressLabel')}
      fraction={fraction}
      text={text}
      stateKey={progress?.key}
      amount={progress ? format.bytes(progress.bytes) : undefined}
    />
  );
}
