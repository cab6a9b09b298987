import { useEffect, useState } from 'react';
import type { ConsistencyFinding } from '../../../shared/ipc/consistency.ts';
import type { ShownPlace } from '../../../shared/ipc/consistency-view.ts';
import { call } from '../../host/client.ts';

/** What stands at the place of a finding; null until it is there, and where it cannot be read. */
export function usePlace(workspace: string, finding: ConsistencyFinding): ShownPlace | null {
  const [shown, setShown] = useState<ShownPlace | null>(null);
  useEffect(() => {
    let live = true;
    const read = async () => {
      const answer = await call('consistency.place', { workspace, finding: finding.id, related: null });
      if (live) setShown(answer.ok ? answer.value : null);
    };
    if (finding.key !== null) void read();
    return () => {
      live = false;
    };
  }, [workspace, finding]);
  return shown;
}
