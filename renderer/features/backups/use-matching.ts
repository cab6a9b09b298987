import { useEffect, useState } from 'react';
import type { ChosenStates, StateMatches } from '../../../shared/ipc/backups.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { matchingStates } from '../../host/backups.ts';

const LOOK_DELAY_MS = 120;

export interface Matching {
  /** Null while they are looked for. */
  readonly matches: StateMatches | null;
  readonly error: HostError | null;
}

/** How many states of the source, or of a backup, are meant; asked anew as soon as a person stops typing. Memoise `chosen`. */
export function useMatching(file: string | null, chosen: ChosenStates): Matching {
  const [told, setTold] = useState<(Matching & { readonly chosen: ChosenStates }) | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const look = async () => {
      const answer = await matchingStates(file, chosen);
      if (!isCurrent || answer === null) return;
      setTold(
        answer.ok ? { chosen, matches: answer.value, error: null } : { chosen, matches: null, error: answer.error },
      );
    };
    const timer = setTimeout(() => void look(), LOOK_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [file, chosen]);
  return told !== null && told.chosen === chosen ? told : { matches: null, error: null };
}
