import { KeyRound } from 'lucide-react';
import { type FormEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { isServerAddress } from '../../../shared/ipc/address.ts';
import type { OpenRequest } from '../../../shared/ipc/model.ts';
import { openSource } from '../../host/opening.ts';
import { useApp } from '../../stores/app-store.ts';
import { Button } from '../../ui/button.tsx';
import { Check, Field, Input } from '../../ui/field.tsx';
import styles from './welcome.module.css';

/** Asks for what opens the source and tries again. What is typed stays in the field and leaves it with the question. */
export function SecretForm({ request: { location, followLinks } }: { readonly request: OpenRequest }) {
  const { t } = useTranslation();
  const canKeep = useApp((app) => app.canKeepSecrets);
  const field = useRef<HTMLInputElement>(null);
  const keep = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = field.current?.value ?? '';
    if (text === '') return;
    if (field.current) field.current.value = '';
    void openSource({ location, followLinks, secret: { text, keep: keep.current?.checked === true } });
  };
  return (
    <form className={styles.secret} onSubmit={submit}>
      <Field
        label={t(isServerAddress(location) ? 'secret.password' : 'secret.passphrase')}
        className={styles.secretField}
      >
        <Input ref={field} type="password" maxLength={4096} required />
      </Field>
      <Button type="submit" kind="primary" icon={<KeyRound size={14} aria-hidden />}>
        {t('secret.open')}
      </Button>
      {canKeep ? <Check ref={keep} label={t('secret.keep')} className={styles.secretKeep} /> : null}
    </form>
  );
}
