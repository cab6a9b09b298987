import { useEffect, useRef, useState } from 'react';
import type { HostError, Result } from '../../../shared/ipc/result.ts';

/**
 * Asks, and asks again each time that something has moved on, never twice at once. What was known stays until there is something newer.
 * @param ask memoise it: another one is another question, whose answer is waited for instead
 * @param moved what tells that the same question has another answer by now
 */
export function useFollowing<T>(
  ask: () => Promise<Result<T>>,
  moved: string,
): { readonly value: T | null; readonly error: HostError | null } {
  const [told, setTold] = useState<{ readonly value: T | null; readonly error: HostError | null }>({
    value: null,
    error: null,
  });
  const under = useRef<{ readonly ask: typeof ask; moved: string } | null>(null);
  useEffect(() => {
    if (under.current?.ask === ask) {
      under.current.moved = moved;
      return;
    }
    const mine = { ask, moved };
    under.current = mine;
    const go = async () => {
      let answered: string | null = null;
      while (answered !== mine.moved) {
        answered = mine.moved;
        const answer = await ask();
        if (under.current !== mine) return;
        setTold(({ value }) => (answer.ok ? { value: answer.value, error: null } : { value, error: answer.error }));
      }
      under.current = null;
    };
    void go();
  }, [ask, moved]);
  useEffect(
    () => () => {
      under.current = null;
    },
    [],
  );
  return told;
}
