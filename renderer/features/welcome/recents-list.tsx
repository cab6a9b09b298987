import { TriangleAlert, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { tell } from '../../host/client.ts';
import { openSource } from '../../host/opening.ts';
import { useApp } from '../../stores/app-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { splitPath } from '../../ui/paths.ts';
import { TimeText } from '../../ui/time-text.tsx';
import styles from './welcome.module.css';

/** Sources that were opened before; one that is gone says so and can still be tried. */
export function RecentsList() {
  const { t } = useTranslation();
  const recents = useApp((app) => app.recents);
  return (
    <section className={styles.recents} aria-label={t('welcome.recents')}>
      <header className={styles.recentsHead}>
        <h2>{t('welcome.recents')}</h2>
        {recents.length > 0 ? (
          <Button kind="quiet" onClick={() => tell('recents.clear')}>
            {t('welcome.clearRecents')}
          </Button>
        ) : null}
      </header>
      {recents.length === 0 ? <p className={styles.noRecents}>{t('welcome.noRecents')}</p> : null}
      <ul>
        {recents.map((recent) => {
          const { name, folder } = splitPath(recent.location);
          return (
            <li key={recent.location} className={cx(styles.recent, recent.missing && styles.missing)}>
              <button
                type="button"
                className={styles.open}
                title={recent.missing ? `${recent.location}\n${t('welcome.missingHelp')}` : recent.location}
                onClick={() => void openSource({ location: recent.location, followLinks: false })}
              >
                <span className={styles.recentName}>{name}</span>
                <span className={styles.recentFolder}>{folder}</span>
                {recent.missing ? (
                  <span className={styles.missingMark}>
                    <TriangleAlert size={12} aria-hidden />
                    {t('welcome.missing')}
                  </span>
                ) : null}
                <TimeText stored={recent.openedAt} className={styles.recentTime} />
              </button>
              <IconButton
                label={t('welcome.removeRecent', { location: recent.location })}
                className={styles.remove}
                onClick={() => tell('recents.remove', { location: recent.location })}
              >
                <X size={14} aria-hidden />
              </IconButton>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
