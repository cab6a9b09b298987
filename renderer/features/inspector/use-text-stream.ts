import { useCallback, useEffect, useRef, useState } from 'react';
import type { Streams } from '../../../shared/ipc/contract.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { type ChunkStream, startStream } from '../../host/client.ts';
import { appendText } from './text-blocks.ts';

/** Chunks of at most 64 Ki characters asked for at a time. */
const CREDIT = 4;

export type TextForm = Streams['value.text']['input']['form'];

export interface TextStream {
  readonly blocks: readonly string[];
  readonly characters: number;
  /** Waiting: everything that was asked for is here, and there is more. */
  readonly phase: 'running' | 'waiting' | 'done';
  readonly error: HostError | null;
}

const START: TextStream = { blocks: [], characters: 0, phase: 'running', error: null };

/** The text of a node, as far as it was asked for. Another node, form or revision of the state starts anew. */
export function useTextStream(workspace: string, key: string, revision: string, node: number, form: TextForm) {
  const [stream, setStream] = useState<TextStream>(START);
  const current = useRef<ChunkStream<null> | null>(null);
  const credit = useRef(0);

  useEffect(() => {
    let live = true;
    let first = true;
    credit.current = CREDIT;
    const source = startStream('value.text', { workspace, key, node, form }, (chunk) => {
      if (!live) return;
      credit.current -= 1;
      const fresh = first;
      first = false;
      const phase = credit.current > 0 ? 'running' : 'waiting';
      // What was shown stays until the first piece of the new text is here.
      setStream((before) => ({
        blocks: appendText(fresh ? [] : before.blocks, chunk),
        characters: (fresh ? 0 : before.characters) + chunk.length,
        phase,
        error: null,
      }));
    });
    current.current = source;
    source.grant(CREDIT);
    const finish = async () => {
      const answer = await source.done;
      if (!live) return;
      const error = answer.ok || answer.error.code === 'cancelled' ? null : answer.error;
      setStream((before) => ({ ...(first ? START : before), phase: 'done', error }));
    };
    void finish();
    return () => {
      live = false;
      source.cancel();
    };
    // The question does not name the revision, but with another one the answer is another.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [workspace, key, revision, node, form]);

  const more = useCallback(() => {
    if (credit.current > 0) return;
    credit.current = CREDIT;
    setStream((before) => (before.phase === 'waiting' ? { ...before, phase: 'running' } : before));
    current.current?.grant(CREDIT);
  }, []);

  return { stream, more };
}
