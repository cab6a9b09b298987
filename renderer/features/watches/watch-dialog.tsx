import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueryFault, WatchInfo } from '../../../shared/ipc/history.ts';
import { queryFaultText } from '../../host/told-text.ts';
import { saveWatch } from '../../host/watches.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { showWatches } from '../../stores/selection-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { ExpressionField } from '../../ui/expression-field.tsx';
import { Field, Input } from '../../ui/field.tsx';
import styles from './watches.module.css';

/** A new watch, or another name, other keys or another expression for one. */
export default function WatchDialog({ watch }: { readonly watch: WatchInfo | null }) {
  const { t } = useTranslation();
  const first = useRef<HTMLInputElement>(null);
  const expressionField = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(watch?.name ?? '');
  const [keys, setKeys] = useState(watch?.keys ?? '*');
  const [expression, setExpression] = useState(watch?.expression ?? '');
  const [fault, setFault] = useState<QueryFault | null>(null);
  const [saving, setSaving] = useState(false);
  const whole = name.trim() !== '' && keys.trim() !== '' && expression.trim() !== '';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!whole || saving) return;
    setSaving(true);
    const found = await saveWatch({ id: watch?.id ?? null, name: name.trim(), keys: keys.trim(), expression });
    setSaving(false);
    setFault(found);
    if (found) {
      expressionField.current?.focus();
      expressionField.current?.setSelectionRange(found.offset, found.offset);
      return;
    }
    closeDialog();
    showWatches();
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={t(watch ? 'watches.editTitle' : 'watches.addTitle')}
      closeLabel={t('common.close')}
      initialFocus={first}
      wide
    >
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <div className={styles.form}>
            <Field label={t('watches.columns.name')}>
              <Input ref={first} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
            </Field>
            <Field label={t('watches.keysLabel')}>
              <Input mono maxLength={256} value={keys} onChange={(event) => setKeys(event.target.value)} />
            </Field>
            <ExpressionField
              ref={expressionField}
              label={t('watches.expressionLabel')}
              value={expression}
              fault={fault ? queryFaultText(t, fault) : null}
              onChange={(text) => {
                setExpression(text);
                setFault(null);
              }}
            />
          </div>
          <p className={styles.help}>{t('watches.help')}</p>
        </DialogBody>
        <DialogActions>
          <Button onClick={closeDialog}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={!whole || saving}>
            {t('watches.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
