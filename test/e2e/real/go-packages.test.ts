import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseGoFile } from '../../../actions/test-subset/src/go/parse-go-file.ts';
import { runOnChanges } from '../../actions/test-subset/run-in-repository.ts';
import type { TemporaryRepository } from '../../actions/test-subset/temporary-repository.ts';
import { fetchGoModule, type GoListed, goList } from '../../support/go-modules.ts';

const FIELDS =
  'ImportPath,Dir,GoFiles,CgoFiles,CFiles,HFiles,SFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,EmbedPatterns,TestEmbedPatterns,XTestEmbedPatterns,EmbedFiles';
const CHANGES = 25;

function expectSameImports(listed: readonly GoListed[]): void {
  for (const one of listed) {
    const names = [one.GoFiles, one.CgoFiles, one.TestGoFiles, one.XTestGoFiles].flatMap((files) => files ?? []);
    const files = names.map((name) => parseGoFile(readFileSync(join(one.Dir, name), 'utf8')));
    const imports = [one.Imports, one.TestImports, one.XTestImports].flatMap((paths) => paths ?? []);
    const patterns = [one.EmbedPatterns, one.TestEmbedPatterns, one.XTestEmbedPatterns].flatMap((some) => some ?? []);
    const embeds = files.flatMap((file) => file.embeds);
    // The standard library has vendored packages under other names, packages built for a profile, and a directive in a comment.
    const plain = imports.map((path) => path.replace(/^(?:cmd\/)?vendor\/| \[.*/g, ''));
    expect([one.ImportPath, sorted(files.flatMap((file) => file.imports))]).toEqual([one.ImportPath, sorted(plain)]);
    const lost = patterns.filter((pattern) => !embeds.includes(pattern.replace(/^all:/, '')));
    expect([one.ImportPath, lost]).toEqual([one.ImportPath, []]);
  }
}

test('the imports of the standard library are those that the go command reads', () => {
  const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  const listed = goList(join(root, 'src'), `-json=${FIELDS}`, 'std', 'cmd');
  expect(listed.length).toBeGreaterThan(300);
  expectSameImports(listed);
}, 120_000);

describe.each([
  'golang.org/x/tools@v0.38.0',
  'gonum.org/v1/gonum@v0.16.0',
  'google.golang.org/grpc@v1.76.0',
  'github.com/prometheus/prometheus@v0.307.0',
  'github.com/gohugoio/hugo@v0.152.0',
])('%s', (module) => {
  let repository: TemporaryRepository;
  let listed: readonly GoListed[];

  beforeAll(() => {
    repository = fetchGoModule(module);
    listed = goList(repository.folder, `-json=${FIELDS}`, './...');
  }, 120_000);

  afterAll(() => repository.remove());

  test('has the imports and embedded files that the go command reads', () => {
    expect(listed.length).toBeGreaterThan(50);
    expectSameImports(listed);
  });

  test('no test program that go builds from a changed file is missing', async () => {
    const programs = goList(repository.folder, '-test', '-deps', '-json=ImportPath,ForTest,Deps', './...')
      .filter(({ ImportPath }) => ImportPath.endsWith('.test'))
      .map(({ ImportPath, Deps }) => ({
        path: ImportPath.replace(/\.test$/, ''),
        deps: new Set((Deps ?? []).map((dep) => dep.split(' ')[0])),
      }));
    const folderOf = new Map(listed.map(({ ImportPath, Dir }) => [ImportPath, relative(repository.folder, Dir)]));
    const first = repository.git('rev-parse', 'HEAD');
    let [needed, selected] = [0, 0];
    for (const { file, owner, isTest } of changesOf(listed, repository.folder)) {
      const affected = programs.filter(({ path, deps }) => (isTest ? path === owner : deps.has(owner)));
      const expected = sorted(affected.map(({ path }) => folderOf.get(path) ?? path));
      const changes = { [file]: `${readFileSync(join(repository.folder, file), 'latin1')}\n` };
      const { outputs } = await runOnChanges(repository, first, { changes });
      const folders = new Set((outputs.tests as string[]).map((path) => path.split('/').slice(0, -1).join('/')));
      expect([file, expected.filter((folder) => !folders.has(folder))]).toEqual([file, []]);
      expect([file, outputs.mode]).toEqual([file, expected.length > 0 ? 'subset' : outputs.mode]);
      if (outputs.mode !== 'subset') continue;
      needed += expected.length;
      selected += folders.size;
    }
    process.stdout.write(
      `${module}: ${listed.length} packages, ${programs.length} with tests; ${CHANGES} changes need ${needed} of them, ${selected} selected\n`,
    );
    expect(needed).toBeGreaterThan(CHANGES);
  }, 300_000);
});

// Spread over all files that go compiles or embeds, the same ones in each run.
function changesOf(listed: readonly GoListed[], top: string): { file: string; owner: string; isTest: boolean }[] {
  const all = listed.flatMap(({ ImportPath: owner, Dir, ...one }) => {
    const place = (isTest: boolean) => (name: string) => ({ file: join(relative(top, Dir), name), owner, isTest });
    const sources = [one.GoFiles, one.CgoFiles, one.CFiles, one.HFiles, one.SFiles, one.EmbedFiles];
    return [
      ...sources.flatMap((files) => files ?? []).map(place(false)),
      ...[one.TestGoFiles, one.XTestGoFiles].flatMap((files) => files ?? []).map(place(true)),
    ];
  });
  const step = all.length / CHANGES;
  return Array.from({ length: CHANGES }, (_, index) => all[Math.floor(index * step)]).filter(
    (one) => one !== undefined,
  );
}

function sorted(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
