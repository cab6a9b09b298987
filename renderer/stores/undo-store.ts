import { create } from 'zustand';

/** A write that can be taken back; `undo` is the engine's name for what it replaced. */
export interface UndoableWrite {
  readonly key: string;
  readonly undo: string;
}

interface UndoState {
  /** The last one is taken back first. */
  readonly done: readonly UndoableWrite[];
  readonly undone: readonly UndoableWrite[];
}

const KEPT = 50;

/** The writes of this opening of the source. Never kept beyond it: others may have written since. */
export const useUndo = create<UndoState>(() => ({ done: [], undone: [] }));

/** What was undone before cannot be redone on top of another write. */
export function writeDone(write: UndoableWrite): void {
  useUndo.setState(({ done }) => ({ done: [...done, write].slice(-KEPT), undone: [] }));
}

/** The last write has been taken back; `redo` takes that back. Null: it could not be, and is forgotten. */
export function writeUndone(redo: UndoableWrite | null): void {
  useUndo.setState(({ done, undone }) => ({
    done: done.slice(0, -1),
    undone: redo ? [...undone, redo].slice(-KEPT) : undone,
  }));
}

export function writeRedone(undo: UndoableWrite | null): void {
  useUndo.setState(({ done, undone }) => ({
    done: undo ? [...done, undo].slice(-KEPT) : done,
    undone: undone.slice(0, -1),
  }));
}

export function forgetWrites(): void {
  useUndo.setState({ done: [], undone: [] });
}
