/**
 * Measured figures over weeks: a SQLite database per source that is ours alone. Each figure is kept three times, by 10 seconds, by the
 * minute and by the hour, with its mean, lowest and highest; the finer, the shorter. Writing gathers first. Calls are synchronous; a
 * store belongs into a worker thread.
 */
import { mkdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import type { SeriesKey } from '../../../shared/ipc/performance.ts';
import { locationName } from '../files/location-name.ts';
import { toSqliteError } from '../persistence/sqlite-errors.ts';
import { SourceError } from '../sources/source-error.ts';
import type { MeasuredValue } from './downsample.ts';
import { type NamedValue, seriesId, seriesOf } from './sample-values.ts';
import { prepareSamples } from './samples-schema.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Finest first; each step is a multiple of the one before. Milliseconds. */
export const LEVELS = [
  { step: 10 * SECOND, kept: 6 * HOUR },
  { step: MINUTE, kept: 7 * DAY },
  { step: HOUR, kept: 180 * DAY },
] as const;

/** A file that is larger keeps for a shorter time; some 40 bytes a figure. */
const MOST_BYTES = 32 * 1024 * 1024;
const PRUNE_EVERY = HOUR;
const MOST_HALVINGS = 6;
/** That wait to be written; where it goes on failing, they are let go. */
const MOST_GATHERED = 20_000;
/** Another process that measures the same source writes for a moment; what waits is written the next time. */
const BUSY_TIMEOUT_MS = 200;

interface Gathered {
  readonly level: number;
  readonly series: string;
  readonly at: number;
  count: number;
  sum: number;
  min: number;
  max: number;
}

interface Row {
  readonly at: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface OpenedSamples {
  /** Null when figures cannot be kept: measuring goes on in memory. */
  readonly store: SamplesStore | null;
  readonly problem: SourceError | null;
}

/** Where the samples of a source lie. @param source absolute path or URL without a password. */
export function samplesFile(folder: string, source: string): string {
  return join(folder, `${locationName(source)}.samples`);
}

/** A damaged file is replaced: figures can be measured again. @param folder of the samples of all sources. */
export function openSamplesOf(folder: string, source: string): OpenedSamples {
  const file = samplesFile(folder, source);
  const opened = openSamples(file, source);
  if (opened.problem?.code !== 'sqlite-corrupt') return opened;
  for (const suffix of ['', '-wal', '-shm']) removeIfThere(file + suffix);
  return openSamples(file, source);
}

function openSamples(file: string, source: string): OpenedSamples {
  try {
    return { store: new SamplesStore(file, source), problem: null };
  } catch (error) {
    return { store: null, problem: toSqliteError(error, file) };
  }
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is not there; if it cannot be removed, opening it anew says so.
  }
}

export class SamplesStore {
  readonly file: string;
  readonly #database: Database;
  readonly #series = new Map<string, number>();
  readonly #write: Statement<[number, number, number, number, number, number, number]>;
  readonly #read: Statement<[number, number, number, number], Row>;
  #gathered = new Map<string, Gathered>();
  #prunedAt = 0;

  /** @throws SourceError, SqliteError; use `openSamplesOf`. */
  constructor(file: string, source: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      this.#database.pragma('trusted_schema = OFF');
      if (prepareSamples(this.#database, source) === 'other') throw notOurs(file);
      // A tenth of a second for the largest file; damage that shows later would be met by every question.
      if (this.#database.pragma('quick_check(1)', { simple: true }) !== 'ok') throw damaged(file);
      this.#database.pragma('synchronous = NORMAL');
      this.#write = this.#database.prepare(
        `INSERT INTO values_kept VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         count = count + excluded.count, sum = sum + excluded.sum, min = min(min, excluded.min), max = max(max, excluded.max)`,
      );
      this.#read = this.#database.prepare(
        'SELECT at, count, sum, min, max FROM values_kept WHERE level = ? AND series = ? AND at BETWEEN ? AND ? ORDER BY at',
      );
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Written with the next `flush`. @param time milliseconds. */
  add(time: number, values: readonly NamedValue[]): void {
    if (this.#gathered.size > MOST_GATHERED) this.#gathered.clear();
    for (const { of, value } of values) {
      const series = seriesId(of);
      for (const [level, { step }] of LEVELS.entries()) {
        const at = Math.floor(time / step);
        const name = `${level} ${at} ${series}`;
        const known = this.#gathered.get(name);
        if (known === undefined) {
          this.#gathered.set(name, { level, series, at, count: 1, sum: value, min: value, max: value });
          continue;
        }
        known.count += 1;
        known.sum += value;
        known.min = Math.min(known.min, value);
        known.max = Math.max(known.max, value);
      }
    }
  }

  /** All of it or nothing: what could not be written waits for the next time. @throws SourceError `disk-full`, `locked`, … */
  flush(now = Date.now()): void {
    if (this.#gathered.size === 0) return;
    try {
      this.#database
        .transaction(() => {
          for (const { level, series, at, count, sum, min, max } of this.#gathered.values()) {
            this.#write.run(level, this.#idOf(series), at, count, sum, min, max);
          }
        })
        .immediate();
      this.#gathered = new Map();
      if (now - this.#prunedAt > PRUNE_EVERY) this.prune(now);
    } catch (error) {
      this.#series.clear();
      throw toSqliteError(error, this.file);
    }
  }

  /**
   * The means of one series, in order of time, each at the middle of its span; as fine as they are still kept. Times in milliseconds,
   * `from` inclusive, `to` exclusive.
   * @throws SourceError
   */
  read(of: SeriesKey, from: number, to: number): readonly MeasuredValue[] {
    return this.#run(() => this.#values(of, from, to));
  }

  #values(of: SeriesKey, from: number, to: number): readonly MeasuredValue[] {
    const id = this.#find(seriesId(of));
    if (id === undefined) return [];
    const pieces: (readonly MeasuredValue[])[] = [];
    let end = to;
    for (const [level, { step }] of LEVELS.entries()) {
      const rows = this.#read.all(level, id, Math.floor(from / step), Math.ceil(end / step) - 1);
      const values = rows
        .filter(({ at }) => pieces.length === 0 || (at + 1) * step <= end)
        .map(({ at, count, sum, min, max }) => ({ time: at * step + step / 2, value: sum / count, min, max, step }));
      const first = values[0];
      if (first === undefined) continue;
      pieces.unshift(values);
      end = first.time - step / 2;
    }
    return pieces.flat().filter(({ time }) => time >= from && time < to);
  }

  /** Which series were measured within a time. @throws SourceError */
  series(from: number, to: number): readonly SeriesKey[] {
    // The hours have everything.
    const level = LEVELS.length - 1;
    const { step } = LEVELS[level] ?? LEVELS[0];
    const rows = this.#run(() =>
      this.#database
        .prepare<[number, number, number], { name: string }>(
          `SELECT name FROM series s WHERE EXISTS
           (SELECT 1 FROM values_kept WHERE level = ? AND series = s.id AND at BETWEEN ? AND ?) ORDER BY id`,
        )
        .all(level, Math.floor(from / step), Math.ceil(to / step) - 1),
    );
    return rows.map(({ name }) => seriesOf(name));
  }

  /** Milliseconds; null where nothing is kept. @throws SourceError */
  oldest(): number | null {
    return this.#run(() => this.#oldest());
  }

  #oldest(): number | null {
    for (const [level, { step }] of [...LEVELS.entries()].toReversed()) {
      const row = this.#database
        .prepare<[number], { at: number | null }>('SELECT min(at) AS at FROM values_kept WHERE level = ?')
        .get(level);
      if (row?.at != null) return row.at * step;
    }
    return null;
  }

  /** Forgets what is too old, and where the file is too large half of that time, and so on. */
  prune(now: number, mostBytes = MOST_BYTES): void {
    this.#prunedAt = now;
    for (let halvings = 0; halvings <= MOST_HALVINGS; halvings += 1) {
      this.#forget(now, 2 ** halvings);
      if (this.bytes <= mostBytes) return;
    }
  }

  /** Of the file. */
  get bytes(): number {
    const number = (pragma: string) => Number(this.#database.pragma(pragma, { simple: true }));
    return number('page_count') * number('page_size');
  }

  /** Idempotent. @throws SourceError when what waits cannot be written. */
  close(): void {
    if (!this.#database.open) return;
    try {
      this.flush();
    } finally {
      this.#database.close();
    }
  }

  #forget(now: number, divisor: number): void {
    const ids = this.#database.prepare<[], { id: number }>('SELECT id FROM series').all();
    const remove = this.#database.prepare<[number, number, number]>(
      'DELETE FROM values_kept WHERE level = ? AND series = ? AND at < ?',
    );
    this.#database
      .transaction(() => {
        for (const [level, { step, kept }] of LEVELS.entries()) {
          // At a boundary of the next level, which then goes on where this one ends.
          const coarser = LEVELS[level + 1]?.step ?? step;
          const oldest = (Math.floor((now - kept / divisor) / coarser) * coarser) / step;
          for (const { id } of ids) remove.run(level, id, oldest);
        }
        this.#database.exec('DELETE FROM series WHERE id NOT IN (SELECT DISTINCT series FROM values_kept)');
      })
      .immediate();
    this.#series.clear();
    this.#database.pragma('incremental_vacuum');
  }

  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toSqliteError(error, this.file);
    }
  }

  #idOf(series: string): number {
    const known = this.#find(series);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.#database.prepare<[string]>('INSERT INTO series (name) VALUES (?)').run(series);
    this.#series.set(series, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }

  #find(series: string): number | undefined {
    const known = this.#series.get(series);
    if (known !== undefined) return known;
    const row = this.#database.prepare<[string], { id: number }>('SELECT id FROM series WHERE name = ?').get(series);
    if (row !== undefined) this.#series.set(series, row.id);
    return row?.id;
  }
}

function damaged(location: string): SourceError {
  const message = `${location}, which holds figures that were measured, is damaged, and cannot be replaced. Figures are not kept; delete it to keep them again.`;
  return new SourceError('sqlite-corrupt', message, { location });
}

function notOurs(location: string): SourceError {
  const message = `${location} is no database of Statescope's figures, or one of a newer version. Figures are not kept; move the file away to keep them again.`;
  return new SourceError('samples-foreign', message, { location });
}
