/**
 * Stamps: small JSON files that record what a finished step was done for. A step is skipped when its stamp says exactly
 * what it would write now, so a stamp is written last, and removed before the step touches anything.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/**
 * @param {string} file
 * @returns {unknown} its content; undefined when it is missing or no JSON, which both mean "not done"
 */
export function readStamp(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * @param {string} file
 * @param {unknown} expected
 * @returns {boolean} whether the step was done for exactly this
 */
export function stampSays(file, expected) {
  const stamp = readStamp(file);
  return stamp !== undefined && isDeepStrictEqual(stamp, JSON.parse(JSON.stringify(expected)));
}

/**
 * @param {string} file
 * @param {unknown} content
 */
export function writeStamp(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content)}\n`);
  renameSync(temporary, file);
}

/** @param {string} file */
export function removeStamp(file) {
  rmSync(file, { force: true });
}

/** @param {unknown} error @returns {boolean} whether a file or a folder on its way does not exist */
export function isMissing(error) {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
