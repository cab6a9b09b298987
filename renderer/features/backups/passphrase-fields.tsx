import { type Ref, useImperativeHandle, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field, Input } from '../../ui/field.tsx';
import styles from './backups.module.css';

export interface PassphraseFieldsHandle {
  /** What was typed, if twice the same; the person is told otherwise, and it is null. It leaves the fields. */
  readonly take: () => string | null;
}

/** A new passphrase, typed twice: whoever mistypes it could never open what it encrypts. */
export function PassphraseFields({ handle }: { readonly handle: Ref<PassphraseFieldsHandle> }) {
  const { t } = useTranslation();
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<'empty' | 'different' | null>(null);
  useImperativeHandle(
    handle,
    () => ({
      take: () => {
        const typed = first.current?.value ?? '';
        const again = second.current?.value ?? '';
        if (typed === '' || typed !== again) {
          setFault(typed === '' ? 'empty' : 'different');
          (typed === '' ? first : second).current?.focus();
          return null;
        }
        setFault(null);
        if (first.current) first.current.value = '';
        if (second.current) second.current.value = '';
        return typed;
      },
    }),
    [],
  );
  return (
    <div className={styles.passphrase}>
      <Field label={t('secret.passphrase')}>
        <Input ref={first} type="password" autoComplete="new-password" maxLength={4096} />
      </Field>
      <Field label={t('backups.passphraseAgain')}>
        <Input ref={second} type="password" autoComplete="new-password" maxLength={4096} />
      </Field>
      {fault === null ? (
        <p className={styles.note}>{t('backups.passphraseHelp')}</p>
      ) : (
        <p className={styles.error} role="alert">
          {t(`backups.passphraseFaults.${fault}`)}
        </p>
      )}
    </div>
  );
}
