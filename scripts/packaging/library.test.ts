/** The library as somebody has it who installs the package: packed, unpacked, run by plain Node and type-checked. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildLibrary } from '../setup/build-library.mjs';
import { ROOT } from '../setup/project.mjs';

const RUNTIME_DEPENDENCIES = ['@noble/hashes'];

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function pack(folder: string, ...args: string[]): Packed {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const out = execFileSync(npm, ['pack', '--json', '--ignore-scripts', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const [packed] = JSON.parse(out) as readonly Packed[];
  if (!packed) throw new Error('npm packed nothing');
  return packed;
}

let folder: string;
let packed: Packed;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'statescope-library-'));
  const source = join(folder, 'source');
  mkdirSync(source);
  for (const name of ['package.json', 'LICENSE', 'README.md']) copyFileSync(join(ROOT, name), join(source, name));
  await buildLibrary(ROOT, join(source, 'out', 'state'));
  packed = pack(source);
  const modules = join(folder, 'app', 'node_modules');
  const installed = join(modules, 'statescope');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(source, packed.filename), '-C', installed, '--strip-components=1']);
  for (const name of RUNTIME_DEPENDENCIES) {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs', 'STATE.md'), 'utf8')) ?? [];
  writeFileSync(join(folder, 'app', 'package.json'), '{"type": "module"}');
  writeFileSync(join(folder, 'app', 'planner.ts'), code);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed library', () => {
  test('the example of STATE.md runs in plain Node', () => {
    const program = `
      import { Planner, restore, save } from './planner.ts';
      const planner = new Planner();
      planner.visited = new Set(['b', 'a']);
      console.log(new TextDecoder().decode(save(planner)), restore(save(planner)).visited.size);`;
    writeFileSync(join(folder, 'app', 'run.ts'), program);
    const output = execFileSync(process.execPath, ['run.ts'], { cwd: join(folder, 'app'), encoding: 'utf8' });
    expect(output).toContain('"__type__": "robots.Planner"');
    expect(output.trimEnd()).toMatch(/ 2$/);
  });

  test('and type-checks, as do the declarations, in a strict project for Node', () => {
    const options = {
      compilerOptions: {
        module: 'nodenext',
        moduleResolution: 'nodenext',
        target: 'ES2023',
        lib: ['ES2023'],
        types: [],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
      },
      files: ['planner.ts'],
    };
    writeFileSync(join(folder, 'app', 'tsconfig.json'), JSON.stringify(options));
    expect(typeErrors()).toBe('');
    // The types are there, and are not `any`.
    writeFileSync(
      join(folder, 'app', 'planner.ts'),
      "import { DateTime } from 'statescope/state';\nexport const no: number = new DateTime('2025-09-10').text;\n",
    );
    expect(typeErrors()).toContain("Type 'string' is not assignable to type 'number'");
  });

  test('what is packed holds the library with its types, and no tests, fixtures or sources', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toContain('out/state/state/index.js');
    expect(paths).toContain('out/state/state/index.d.ts');
    // The project's own folder has the bundles, too, where they are built.
    const all = [...paths, ...pack(ROOT, '--dry-run').files.map(({ path }) => path)];
    const unwanted = /\.test\.|(^|\/)(fixtures|e2e|scripts|docs)\/|(?<!\.d)\.tsx?$|test-support/;
    expect(all.filter((path) => unwanted.test(path))).toEqual([]);
  });

  test('nothing but the library and the manifest can be imported', () => {
    const program = "await import('statescope/out/main/cli.js')";
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: join(folder, 'app'),
        stdio: 'pipe',
      }),
    ).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

function typeErrors(): string {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: join(folder, 'app'), encoding: 'utf8' });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
