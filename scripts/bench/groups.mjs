/** The groups of the benchmark, what each compares, and the targets that nothing can be held to yet. */

/**
 * @typedef {{name: string, compares: string, window?: true}} Group `window`: needs a display, and the program built
 */

/** @type {readonly Group[]} */
export const GROUPS = [
  {
    name: 'parse',
    compares: 'the tape of shared/json against JSON.parse of the same 50 MB, decoding from UTF-8 included; peak memory',
  },
  {
    name: 'open',
    compares:
      'the offset index of backups of 10 MB to 2.2 GB, opening them, one state and a page of messages against JSON.parse, stream-json, jq and python3',
  },
  {
    name: 'gzip',
    compares: 'reading a .json.gz of 200 MB once, and any state of it afterwards, against unpacking it with node:zlib',
  },
  { name: 'tree', compares: 'a tree with 1,000,000 visible rows against one with 1,000, laid out and cut into pages' },
  { name: 'sqlite', compares: 'opening a database of 50 MB against reading all of its rows in place with JSON.parse' },
  {
    name: 'cache',
    compares:
      'loading states through the cache in front of each backend, in it and not in it, against loading without one',
  },
  {
    name: 'search',
    compares:
      'a text and a pattern over 1 GB that is open, with state and path of each hit, against ripgrep; a JSONPath over 50 MB against jq',
  },
  {
    name: 'diff',
    compares:
      'what differs between two parsed states against jsondiffpatch, fast-json-patch and microdiff on parsed values',
  },
  {
    name: 'attribution',
    compares:
      'sizes of all parts of 20 MB in four views against JSON.parse and JSON.stringify of each child; estimated tokens against the tokenizer alone',
  },
  {
    name: 'journal',
    compares:
      'changes told one by one against raw better-sqlite3 in batches of 1,000; pages of history by the size of the journal',
  },
  {
    name: 'snapshots',
    compares: '1,000 snapshots of a conversation that grows to 1 MB against packing each with gzip; lists of 100,000',
  },
  {
    name: 'window',
    window: true,
    compares: 'the first full paint against a bare window, and scrolling 1,000,000 rows against 1,000, in Electron',
  },
  {
    name: 'load',
    window: true,
    compares: '10,000 changes a second for a minute, from probes and from watched files, against the idle program',
  },
];

/** Targets for what is not built yet: a run without them is not a run that met them. */
export const NOT_BUILT = ['history of 1,000,000 changes in the window'];
