/** Has the engine say what an edit would do, while it is typed. */
import { useEffect, useState } from 'react';
import type { EditCheck, WriteConflict } from '../../shared/ipc/writing.ts';
import { type Draft, editOf, isChanged, type Typed } from '../stores/draft-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call } from './client.ts';

/** Why an edit is not saved. */
export type Refusal = Exclude<EditCheck, { status: 'fine' }> | WriteConflict;

const CHECK_DELAY_MS = 150;

interface Verdict {
  readonly typed: Typed;
  readonly refusal: Refusal | null;
}

export interface DraftCheck {
  /** Of what was typed last, or of an earlier text until that has been checked. */
  readonly refusal: Refusal | null;
  /** What is typed now is known to be refused. */
  readonly blocked: boolean;
  /** Saving was refused. */
  readonly refuse: (refusal: Refusal) => void;
}

/** What is wrong with what is being typed. */
export function useDraftCheck(draft: Draft): DraftCheck {
  const workspace = useWorkspace((state) => state.workspace?.workspace ?? null);
  const { typed } = draft;
  const [verdict, setVerdict] = useState<Verdict>({ typed, refusal: null });
  useEffect(() => {
    if (workspace === null) return undefined;
    let live = true;
    const ask = async () => {
      const { key, revision } = draft;
      // Nothing is said against what nobody has typed yet.
      const answer = !isChanged(draft)
        ? null
        : await call('edit.check', { workspace, key, revision, edit: editOf(draft) });
      if (!live) return;
      const refused = answer?.ok && answer.value.status !== 'fine' ? answer.value : null;
      setVerdict({ typed: draft.typed, refusal: refused });
    };
    const timer = setTimeout(() => void ask(), CHECK_DELAY_MS);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [workspace, draft]);
  const { refusal } = verdict;
  return {
    refusal,
    blocked: refusal !== null && refusal.status !== 'conflict' && verdict.typed === typed,
    refuse: (refused) => setVerdict({ typed, refusal: refused }),
  };
}
