import { describe, expect, test } from 'vitest';
import { type BreakNotice, BreakNotices } from './break-notices.ts';

function setUp({ seen = false, supported = true } = {}) {
  const state = { seen, now: 0 };
  const shown: { readonly notice: BreakNotice; readonly click: () => void; open: boolean }[] = [];
  const chosen: number[] = [];
  const notices = new BreakNotices({
    isSeen: () => state.seen,
    textOf: ({ watch, key }) => ({ title: watch.name, body: key }),
    show: (notice, click) => {
      if (!supported) return null;
      const entry = { notice, click, open: true };
      shown.push(entry);
      return () => void (entry.open = false);
    },
    onChosen: ({ seq }) => void chosen.push(seq),
    now: () => state.now,
  });
  const tell = (id: string, seq: number, key = 'agent:a') => {
    const watch = { id, name: id, keys: '*', expression: 'x', value: null, broken: true, spark: [], problem: null };
    notices.tell({ workspace: 'w', watch, key, seq });
  };
  return { state, shown, chosen, notices, tell };
}

describe('a watch that breaks', () => {
  test('is told through the system only while nobody looks at the window', () => {
    const { state, shown, tell } = setUp({ seen: true });
    tell('one', 1);
    expect(shown).toEqual([]);
    state.seen = false;
    tell('one', 2);
    expect(shown.map(({ notice }) => notice)).toEqual([{ title: 'one', body: 'agent:a' }]);
  });

  test('in many states is told once in half a minute; another watch is told at once', () => {
    const { state, shown, tell } = setUp();
    for (let seq = 1; seq < 500; seq++) tell('one', seq);
    tell('two', 500);
    expect(shown.map(({ notice }) => notice.title)).toEqual(['one', 'two']);
    state.now = 30_000;
    tell('one', 501);
    expect(shown).toHaveLength(3);
  });

  test('leads to its change when it is clicked, and is taken away once the window is looked at', () => {
    const { state, shown, chosen, notices, tell } = setUp();
    tell('one', 7);
    shown[0]?.click();
    expect(chosen).toEqual([7]);
    notices.seen();
    expect(shown.map(({ open }) => open)).toEqual([false]);
    state.seen = false;
    tell('one', 8);
    expect(shown).toHaveLength(2);
  });

  test('says nothing where the system shows no notifications', () => {
    const { shown, notices, tell } = setUp({ supported: false });
    tell('one', 1);
    notices.seen();
    expect(shown).toEqual([]);
  });

  test('has no markup and no line breaks out of a file', () => {
    const { shown, tell } = setUp();
    tell('one', 1, '<a href="x">\n\u0007y');
    expect(shown[0]?.notice.body).toBe('‹a href="x"> y');
  });
});
