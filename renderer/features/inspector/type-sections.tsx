import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { StateSummary } from '../../../shared/ipc/model.ts';
import type { FieldFinding, TypeInfo } from '../../../shared/ipc/writing.ts';
import { findingText } from '../../host/told-text.ts';
import { revealNode, selectTab } from '../../stores/selection-store.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './inspector.module.css';

/** What the registry knows of the state's type, and which of its rules the state breaks. */
export function TypeSections({ summary }: { readonly summary: StateSummary }) {
  const { t } = useTranslation();
  const { key, type, findings } = summary;
  if (!type) return null;
  const show = (node: number) => {
    revealNode(key, node);
    selectTab('tree');
  };
  return (
    <>
      <h3 className={styles.sectionTitle}>{t('types.title')}</h3>
      <TypeFacts type={type} />
      <Attributes type={type} onShow={show} />
      <h3 className={styles.sectionTitle}>{t('types.findings')}</h3>
      {findings.length === 0 ? <p className={styles.noProblems}>{t('types.noFindings')}</p> : null}
      <Findings findings={findings} onShow={show} />
    </>
  );
}

function TypeFacts({ type }: { readonly type: TypeInfo }) {
  const { t } = useTranslation();
  const { name, stateClass, version, schemaVersion, migration } = type;
  const facts = [
    [t('types.name'), visibleText(name)],
    [t('types.stateClass'), t(`explorer.classes.${stateClass}`)],
    [
      t('types.version'),
      version === schemaVersion ? version : t('types.versionOf', { version, current: schemaVersion }),
    ],
    [t('types.migration'), t(`types.migrations.${migration}`)],
  ] as const;
  return (
    <dl className={styles.fields}>
      {facts.map(([label, value]) => (
        <div key={label} className={styles.field}>
          <dt title={label}>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface AttributesProps {
  readonly type: TypeInfo;
  readonly onShow: (node: number) => void;
}

function Attributes({ type, onShow }: AttributesProps) {
  const { t } = useTranslation();
  return (
    <table className={styles.attributes} aria-label={t('types.attributes')}>
      <thead>
        <tr>
          <th scope="col">{t('types.attribute')}</th>
          <th scope="col">{t('types.rules')}</th>
          <th scope="col" className={styles.presence}>
            <span className="visually-hidden">{t('types.presence')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {type.attributes.map(({ key, description, required, rules, node }) => (
          <tr key={key} title={description ?? undefined}>
            <th scope="row">
              {node === null ? (
                <span className={styles.absent}>{visibleText(key)}</span>
              ) : (
                <button type="button" className={styles.nodeLink} onClick={() => onShow(node)}>
                  {visibleText(key)}
                </button>
              )}
            </th>
            <td>{[...rules, ...(required ? [] : [t('types.optional')])].map(visibleText).join(', ')}</td>
            <td className={styles.presence}>
              <Presence present={node !== null} required={required} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Presence({ present, required }: { readonly present: boolean; readonly required: boolean }) {
  const { t } = useTranslation();
  const text = present ? t('types.present') : required ? t('types.missingRequired') : t('types.missing');
  const Icon = present ? CircleCheck : required ? CircleX : CircleDashed;
  const tone = present ? styles.goodIcon : required ? styles.errorIcon : styles.faintIcon;
  return (
    <span role="img" aria-label={text} title={text} className={tone}>
      <Icon size={14} aria-hidden />
    </span>
  );
}

interface FindingsProps {
  readonly findings: readonly FieldFinding[];
  readonly onShow: (node: number) => void;
}

function Findings({ findings, onShow }: FindingsProps) {
  const { t } = useTranslation();
  return (
    <ul className={styles.problems}>
      {findings.map((finding) => (
        <li key={`${finding.pathText} ${finding.rule} ${finding.message}`}>
          <CircleX size={14} className={styles.errorIcon} aria-hidden />
          <div>
            <button type="button" className={styles.nodeLink} onClick={() => onShow(finding.node)}>
              {visibleText(finding.pathText)}
            </button>
            <p className={styles.problemHelp}>
              <span className={styles.rule}>{visibleText(finding.rule)}</span> {visibleText(findingText(t, finding))}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
