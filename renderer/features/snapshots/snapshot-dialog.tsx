import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import { cancelTaking, changeSnapshot, takeSnapshot } from '../../host/snapshots.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { useSnapshots } from '../../stores/snapshot-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { tagsOf } from './snapshot-text.ts';
import styles from './snapshots.module.css';

export interface SnapshotDialogProps {
  readonly workspace: WorkspaceSummary;
  /** What is said about this one is changed; null takes another. */
  readonly snapshot: SnapshotInfo | null;
  /** The selected state, which may be taken alone. */
  readonly stateKey: string | null;
  /** Whether that is what is asked for. */
  readonly onlyState: boolean;
}

/** A new snapshot, or another name, description or tags for one. */
export default function SnapshotDialog({ workspace, snapshot, stateKey, onlyState }: SnapshotDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const first = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(snapshot?.name ?? '');
  const [description, setDescription] = useState(snapshot?.description ?? '');
  const [tags, setTags] = useState(snapshot?.tags.join(', ') ?? '');
  const [scope, setScope] = useState<'all' | 'selected'>(onlyState && stateKey !== null ? 'selected' : 'all');
  const taking = useSnapshots((state) => state.taking);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (taking !== null) return;
    const texts = { name: name.trim(), description: description.trim(), tags: tagsOf(tags) };
    const keys = scope === 'selected' && stateKey !== null ? [stateKey] : null;
    const done = snapshot ? await changeSnapshot(snapshot, texts) : await takeSnapshot({ ...texts, keys });
    if (done) closeDialog();
  };
  const close = () => {
    cancelTaking();
    closeDialog();
  };
  const all = t('snapshots.allStates', { count: workspace.states });
  return (
    <Dialog
      open
      onClose={close}
      title={t(snapshot ? 'snapshots.editTitle' : 'snapshots.takeTitle')}
      closeLabel={t('common.close')}
      initialFocus={first}
    >
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <div className={styles.form}>
            <Field label={t('snapshots.name')}>
              <Input ref={first} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
            </Field>
            <Field label={t('snapshots.description')}>
              <Input maxLength={10_000} value={description} onChange={(event) => setDescription(event.target.value)} />
            </Field>
            <Field label={t('snapshots.tagsLabel')}>
              <Input maxLength={2000} value={tags} onChange={(event) => setTags(event.target.value)} />
            </Field>
            {snapshot === null ? (
              <div className={styles.scope}>
                <span className={styles.scopeLabel}>{t('snapshots.scope')}</span>
                <Select<'all' | 'selected'>
                  label={t('snapshots.scope')}
                  value={scope}
                  onChange={setScope}
                  options={[
                    { value: 'all', text: all },
                    ...(stateKey === null ? [] : [{ value: 'selected' as const, text: visibleText(stateKey) }]),
                  ]}
                />
              </div>
            ) : null}
          </div>
          {snapshot === null ? <p className={styles.help}>{t('snapshots.help')}</p> : null}
        </DialogBody>
        <DialogActions>
          {taking ? (
            <span className={styles.note}>
              {t('snapshots.taking', { done: format.count(taking.done), total: format.count(taking.total) })}
            </span>
          ) : null}
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={taking !== null}>
            {t(snapshot ? 'snapshots.save' : 'snapshots.takeNow')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
