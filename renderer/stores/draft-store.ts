import { create } from 'zustand';
import type { NodeKind } from '../../shared/ipc/model.ts';
import type { StateEdit } from '../../shared/ipc/writing.ts';

/** Where a change is typed: in the tree's row, in the value pane, or in a dialog of its own. */
export type DraftPlace = 'row' | 'pane' | 'add' | 'rename';

/** A change that a person is typing. There is one at a time; nothing of it is stored before it is saved. */
export interface Draft {
  readonly place: DraftPlace;
  readonly key: string;
  /** The text of the state that `node` counts in. */
  readonly revision: string;
  /** What is changed; for an addition what it is added to. */
  readonly node: number;
  /** JSONPath of `node`: whether it is still there after the state has changed. */
  readonly path: string;
  readonly kind: NodeKind;
  readonly children: number;
  readonly typed: Typed;
  readonly original: Typed;
}

export interface Typed {
  readonly text: string;
  /** The text is what a string holds, not JSON. */
  readonly asText: boolean;
  /** Of a member that is added or renamed. */
  readonly name: string;
}

interface DraftState {
  readonly draft: Draft | null;
  /** It is being written: what changes now is its own doing. */
  readonly saving: boolean;
}

export const useDraft = create<DraftState>(() => ({ draft: null, saving: false }));

export function draftStarted(draft: Draft): void {
  useDraft.setState({ draft, saving: false });
}

export function draftSaving(saving: boolean): void {
  useDraft.setState({ saving });
}

export function draftTyped(change: Partial<Typed>): void {
  useDraft.setState(({ draft }) => (draft ? { draft: { ...draft, typed: { ...draft.typed, ...change } } } : {}));
}

/** The state has changed around what is being typed. */
export function draftCarried(place: Pick<Draft, 'revision' | 'node' | 'children'>): void {
  useDraft.setState(({ draft }) => (draft ? { draft: { ...draft, ...place } } : {}));
}

export function draftDropped(): void {
  useDraft.setState({ draft: null, saving: false });
}

export function isChanged({ typed, original }: Draft): boolean {
  return typed.text !== original.text || typed.asText !== original.asText || typed.name !== original.name;
}

/** The draft as the engine is told of it. */
export function editOf({ place, node, kind, children, typed }: Draft): StateEdit {
  const text = typed.asText ? JSON.stringify(typed.text) : typed.text;
  switch (place) {
    case 'row':
    case 'pane':
      return { op: 'set', node, text };
    case 'rename':
      return { op: 'rename', node, name: typed.name };
    case 'add':
      return { op: 'insert', parent: node, index: children, name: kind === 'object' ? typed.name : null, text };
    default:
      return place satisfies never;
  }
}

/** The same value in the other way of writing: a string's text, or JSON. */
export function otherForm({ text, asText }: Typed): Pick<Typed, 'text' | 'asText'> {
  if (asText) return { text: JSON.stringify(text), asText: false };
  return { text: heldText(text) ?? text, asText: true };
}

/** What a JSON string holds; null for everything else. */
function heldText(json: string): string | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : null;
  } catch {
    // Half-typed: it becomes the text as it is.
    return null;
  }
}
