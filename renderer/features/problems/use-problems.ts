import { useEffect, useState } from 'react';
import type { Problem } from '../../../shared/ipc/model.ts';
import { call } from '../../host/client.ts';

const PAGE = 1000;
/** A source with more problems than this has one cause; the list says that it is cut. */
const MAX_SHOWN = 2000;

interface Problems {
  readonly problems: Problem[];
  readonly total: number;
  readonly failure: string | null;
}

const START: Problems = { problems: [], total: 0, failure: null };

/** The problems that were found when the workspace was read; of the reading before until the next have come. */
export function useProblems(workspace: string, generation: number): Problems {
  const [list, setList] = useState(START);
  useEffect(() => {
    let live = true;
    const read = async () => {
      const problems: Problem[] = [];
      for (;;) {
        const answer = await call('problems.rows', { workspace, offset: problems.length, limit: PAGE });
        if (!live) return;
        if (!answer.ok) {
          setList({ problems, total: problems.length, failure: answer.error.message });
          return;
        }
        problems.push(...answer.value.rows);
        const { total, rows } = answer.value;
        if (rows.length === 0 || problems.length >= Math.min(total, MAX_SHOWN)) {
          setList({ problems, total, failure: null });
          return;
        }
      }
    };
    void read();
    return () => {
      live = false;
    };
    // Asked again after each reading, though the question is the same.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [workspace, generation]);
  return list;
}
