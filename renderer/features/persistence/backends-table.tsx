import { useTranslation } from 'react-i18next';
import type { PersistenceSettings } from '../../../shared/ipc/persistence.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './persistence.module.css';

/** Where states are kept, and how many there are now. */
export function BackendsTable({ settings: { backends } }: { readonly settings: PersistenceSettings }) {
  const { t } = useTranslation();
  const format = useFormat();
  const packed = backends.some(({ compression, encryption }) => compression || encryption);
  return (
    <section className={styles.section}>
      <h2 className={styles.title} id="persistence-backends">
        {t('persistence.backends')}
      </h2>
      <table className={styles.table} aria-labelledby="persistence-backends">
        <thead>
          <tr>
            <th className={styles.backendName}>{t('persistence.name')}</th>
            <th className={styles.backendType}>{t('metadata.type')}</th>
            <th>{t('persistence.location')}</th>
            {packed ? <th className={styles.backendPacking}>{t('persistence.packing')}</th> : null}
            <th className={styles.number}>{t('persistence.states')}</th>
          </tr>
        </thead>
        <tbody>
          {backends.map(({ name, type, location, compression, encryption, states }) => {
            const packing = [
              compression ? t('persistence.gzip') : null,
              encryption ? t('persistence.encrypted') : null,
            ].filter((part) => part !== null);
            return (
              <tr key={name}>
                <th scope="row" title={name}>
                  {visibleText(name)}
                </th>
                <td>{t(`persistence.types.${type}`)}</td>
                <td className={styles.path} title={location ?? undefined}>
                  {location === null ? (
                    <span className={styles.muted}>{t('persistence.inMemory')}</span>
                  ) : (
                    <bdi>{visibleText(location)}</bdi>
                  )}
                </td>
                {packed ? <td className={styles.muted}>{packing.join(', ')}</td> : null}
                <td className={styles.number}>{format.count(states)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
