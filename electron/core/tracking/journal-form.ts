/** Forms of a row in `commits`: only ever added to. `rebased`: a keyframe as a delta to the key's keyframe before. */
export const FORM = { keyframe: 0, delta: 1, removed: 2, bare: 3, rebased: 4 } as const;

/** For SQL: commits that a state begins anew with, and those of them after which there is one. */
export const BEGINNINGS = `(${FORM.keyframe}, ${FORM.removed}, ${FORM.rebased})`;
export const KEYFRAMES = `(${FORM.keyframe}, ${FORM.rebased})`;
