import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatRelative,
  formatSeconds,
  readTime,
  shortNaive,
} from './format.ts';

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1234, '1.2 kB'],
    [9949, '9.9 kB'],
    [34_567, '35 kB'],
    [999_499, '999 kB'],
    [999_999, '1.0 MB'],
    [1_073_741_824, '1.1 GB'],
    [5e15, '5,000 TB'],
  ])('%d bytes are written as %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });

  test('counts are grouped', () => {
    expect(formatCount(1_234_567, 'en')).toBe('1,234,567');
  });
});

describe('times as stored', () => {
  test('with a zone it is a moment', () => {
    const utc = { kind: 'instant', moment: new Date('2025-03-04T10:31:02Z') };
    expect(readTime('2025-03-04T10:31:02Z')).toEqual(utc);
    expect(readTime('2025-03-04T12:31:02+02:00')).toEqual(utc);
    expect(readTime('2025-03-04 12:31:02+0200')).toEqual(utc);
    expect(readTime('2025-03-04 12:31:02+02')).toEqual(utc);
    expect(readTime('2025-03-04T10:31:02.000000Z')).toEqual(utc);
  });

  test('without a zone it is never converted', () => {
    expect(readTime('2025-03-04T10:31:02.123456')).toEqual({ kind: 'naive', text: '2025-03-04 10:31:02.123456' });
    expect(readTime('2025-03-04 10:31:02')).toEqual({ kind: 'naive', text: '2025-03-04 10:31:02' });
    expect(readTime('2025-03-04')).toEqual({ kind: 'naive', text: '2025-03-04' });
    expect(shortNaive('2025-03-04 10:31:02.123456')).toBe('2025-03-04 10:31:02');
  });

  test('what is no ISO time stays as it is', () => {
    expect(readTime('yesterday')).toEqual({ kind: 'opaque', text: 'yesterday' });
    expect(readTime('2025-13-45T99:99:99Z')).toEqual({ kind: 'opaque', text: '2025-13-45T99:99:99Z' });
  });
});

describe('relative times', () => {
  const now = new Date('2025-03-04T12:00:00Z');
  const ago = (seconds: number) => formatRelative(new Date(now.getTime() - seconds * 1000), now, 'en');

  test('the present has no number', () => {
    expect(ago(0)).toBeNull();
    expect(ago(44)).toBeNull();
  });

  test('each distance has its unit', () => {
    expect(ago(50)).toMatch(/^1 ?m/);
    expect(ago(180)).toMatch(/^3 ?m.* ago$/);
    expect(ago(7200)).toMatch(/^2 ?h/);
    expect(ago(86_400 * 3)).toMatch(/^3 ?d/);
    expect(ago(86_400 * 61)).toMatch(/^2 ?mo/);
    expect(ago(86_400 * 800)).toMatch(/^2 ?y/);
  });

  test('a moment to come is said so', () => {
    expect(ago(-7200)).toMatch(/^in 2/);
  });
});

test('shares and durations have at most one digit behind the point', () => {
  expect([formatPercent(43 / 46, 'en'), formatPercent(1, 'en'), formatPercent(0, 'zh-CN')]).toEqual([
    '93.5%',
    '100%',
    '0%',
  ]);
  expect([formatSeconds(5.777, 'en'), formatSeconds(5, 'en'), formatSeconds(4.1, 'zh-CN')]).toEqual([
    '5.8s',
    '5.0s',
    '4.1秒',
  ]);
});
