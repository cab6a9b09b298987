import { CircleX, Copy, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StateSummary } from '../../../shared/ipc/model.ts';
import { copyShown } from '../../host/copying.ts';
import { IconButton } from '../../ui/button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { StatusIcon } from '../../ui/status-icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './inspector.module.css';
import { TypeSections } from './type-sections.tsx';

export function MetadataPane({ summary }: { readonly summary: StateSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { metadata } = summary;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled text must be reachable by keyboard
    <div className={styles.metadata} role="region" aria-label={t('inspector.metadata')} tabIndex={0}>
      <h2 className={styles.paneTitle}>{t('inspector.metadata')}</h2>
      <dl className={styles.fields}>
        <Field name={t('metadata.key')} value={summary.key} mono />
        <Field name={t('metadata.kind')} value={summary.kind} />
        <Field name={t('metadata.type')} value={metadata.type} />
        <Field name={t('metadata.version')} value={metadata.version} />
        <Field name={t('metadata.status')} value={summary.status}>
          {summary.status === null ? null : (
            <span className={styles.status}>
              <StatusIcon status={summary.status} />
              {summary.status}
            </span>
          )}
        </Field>
        <Field name={t('metadata.file')} value={metadata.file} mono />
        <Field name={t('metadata.table')} value={metadata.table} mono />
        <Field name={t('metadata.created')} value={metadata.createdAt}>
          <TimeText stored={metadata.createdAt ?? ''} exact />
        </Field>
        <Field name={t('metadata.updated')} value={metadata.updatedAt}>
          <TimeText stored={metadata.updatedAt ?? ''} exact />
        </Field>
        <Field name={t('metadata.expires')} value={summary.expiry?.expiresAt ?? null}>
          <Countdown expiresAt={summary.expiry?.expiresAt ?? ''} pastClassName={styles.expired} />
        </Field>
        <Field name={t('metadata.size')} value={String(summary.bytes)}>
          <span title={t('units.bytes', { count: summary.bytes })}>{format.bytes(summary.bytes)}</span>
        </Field>
        <Field name={t('metadata.nodes')} value={summary.nodes === null ? null : String(summary.nodes)}>
          {format.count(summary.nodes ?? 0)}
        </Field>
      </dl>
      {metadata.fields.length > 0 ? (
        <>
          <h3 className={styles.sectionTitle}>{t('metadata.fields')}</h3>
          <dl className={styles.fields}>
            {metadata.fields.map((field, index) => (
              // Names of columns may repeat; their order does not change.
              <Field key={`${index}-${field.name}`} name={field.name} value={field.value} mono foreign />
            ))}
          </dl>
        </>
      ) : null}
      <TypeSections summary={summary} />
      <Problems problems={summary.problems} paged={summary.paged} />
    </div>
  );
}

interface FieldProps {
  readonly name: string;
  /** What is copied; the field is left out when it is null. */
  readonly value: string | null;
  readonly mono?: boolean;
  /** The name comes from the source, not from us. */
  readonly foreign?: boolean;
  readonly children?: ReactNode;
}

function Field({ name, value, mono = false, foreign = false, children }: FieldProps) {
  const { t } = useTranslation();
  if (value === null) return null;
  return (
    <div className={styles.field}>
      <dt className={foreign ? styles.mono : undefined} title={name}>
        {name}
      </dt>
      <dd className={mono ? styles.mono : undefined}>
        {children ?? visibleText(value)}
        <IconButton
          label={t('metadata.copyField', { name })}
          className={styles.copyField}
          onClick={() => copyShown(value)}
        >
          <Copy size={12} aria-hidden />
        </IconButton>
      </dd>
    </div>
  );
}

function Problems({ problems, paged }: Pick<StateSummary, 'problems' | 'paged'>) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <h3 className={styles.sectionTitle}>{t('metadata.problems')}</h3>
      {problems.length === 0 ? (
        <p className={styles.noProblems}>{t(paged ? 'metadata.noProblemsSoFar' : 'metadata.noProblems')}</p>
      ) : null}
      <ul className={styles.problems}>
        {problems.map((problem, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- problems have no identity and do not move
          <li key={index}>
            {problem.severity === 'error' ? (
              <CircleX size={14} className={styles.errorIcon} aria-label={t('problemsPanel.error')} />
            ) : (
              <TriangleAlert size={14} className={styles.warningIcon} aria-label={t('problemsPanel.warning')} />
            )}
            <div>
              <p className={styles.problemName}>
                {t(`problems.${problem.code}`)}
                {problem.offset === null ? null : (
                  <span className={styles.offset}>
                    {t('metadata.atByte', { offset: format.count(problem.offset) })}
                  </span>
                )}
              </p>
              <p className={styles.problemHelp}>{t(`problemHelp.${problem.code}`)}</p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
