import { describe, expect, test } from 'vitest';
import { elideSteps, nearestShown, toDepth, toggleNode } from './expansion.ts';

const steps = Array.from({ length: 10 }, (_, node) => ({ node: node * 10, label: `step ${node}` }));

describe('toggling', () => {
  test('twice is as before', () => {
    expect(toggleNode(toggleNode(toDepth(2), 7), 7)).toEqual(toDepth(2));
  });

  test('a new depth forgets what was toggled', () => {
    expect(toDepth(3).toggled).toEqual([]);
  });
});

describe('the nearest node that is still shown', () => {
  test('is the node itself when its depth is shown', () => {
    expect(nearestShown(steps.slice(1, 4), 0, 5)).toBe(30);
  });

  test('is its ancestor at the last depth shown', () => {
    expect(nearestShown(steps.slice(1), 0, 1)).toBe(10);
    expect(nearestShown(steps.slice(1), 0, 3)).toBe(30);
  });

  test('is the root at depth 0, or when nothing else is known', () => {
    expect(nearestShown(steps.slice(1), 0, 0)).toBe(0);
    expect(nearestShown([], 0, 4)).toBe(0);
  });

  test('is the last known one before a gap', () => {
    // Depths 1 to 8, then 100 left out, then the node at depth 109.
    expect(nearestShown(steps.slice(1), 100, 8)).toBe(80);
    expect(nearestShown(steps.slice(1), 100, 50)).toBe(80);
    expect(nearestShown(steps.slice(1), 100, 200)).toBe(90);
  });
});

describe('breadcrumbs', () => {
  test('a short path is whole', () => {
    expect(elideSteps(steps.slice(0, 4), 6).hidden).toEqual([]);
  });

  test('a long one keeps the root and the end; every step is somewhere', () => {
    const { head, hidden, tail } = elideSteps(steps, 6);
    expect(head.map((step) => step.node)).toEqual([0]);
    expect(tail).toHaveLength(4);
    expect([...head, ...hidden, ...tail]).toEqual(steps);
  });
});
