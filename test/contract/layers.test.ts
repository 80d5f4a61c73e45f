import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';

const MAX_FILE_LINES = 250;
const PURE = /^actions\/[^/]+\/src\/(?:[^/]+\/)?(plan|parse|render)-[^/]+\.ts$/;
const IMPURE_IMPORT = /^(node:(?!path$|path\/posix$|crypto$|buffer$|util$|url$)|@actions\/)/;
const ADAPTERS = /^shared\/src\/(runner|git|github|registry|cluster|http)\/|^shared\/src\/run-action\.ts$/;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { specifier: string; typeOnly: boolean }[];
}

async function readSources(): Promise<Source[]> {
  const sources: Source[] = [];
  for (const folder of ['actions', 'shared/src', 'shared/tools', 'test', 'bench']) {
    const entries = await readdir(join(projectRoot, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((file) => file.isFile() && /\.(ts|mjs)$/.test(file.name))) {
      const path = relative(projectRoot, join(entry.parentPath, entry.name));
      if (path.startsWith('test/fixtures/')) continue;
      const text = await readFile(join(projectRoot, path), 'utf8');
      sources.push({ path, text, imports: importsOf(text) });
    }
  }
  return sources;
}

function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|\bimport\((?:\/\*.*?\*\/\s*)?'([^']+)'\)/gm,
  );
  return [...statements].map((match) => ({ specifier: match[2] ?? match[3] ?? '', typeOnly: match[1] !== undefined }));
}

const sources = await readSources();
const shipped = sources.filter(({ path }) => /^(actions\/[^/]+|shared)\/src\//.test(path));

describe('the layers', () => {
  test('shared never imports actions, and nothing that ships imports tests or tools', () => {
    const wrong = shipped.flatMap(({ path, imports }) =>
      imports
        .filter(
          ({ specifier }) =>
            /(^|\/)(test|tools|bench)\//.test(specifier) ||
            (path.startsWith('shared/') && specifier.includes('actions/src')),
        )
        .map(({ specifier }) => `${path} -> ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test('an action imports its own folder and the core only', () => {
    const wrong = shipped
      .filter(({ path }) => path.startsWith('actions/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier }) => specifier.startsWith('.'))
          .filter(({ specifier }) => sourceFolder(join(dirname(path), specifier)) !== sourceFolder(path))
          .map(({ specifier }) => `${path} -> ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  test('the folders of an action depend on each other in one direction only, its entry files included', () => {
    const part = (path: string) => path.replace(/^(actions\/[^/]+\/src\/[^/]+)\/.*$/, '$1');
    const parts = new Map<string, string[]>();
    for (const [path, imports] of importGraph()) {
      if (!path.startsWith('actions/')) continue;
      const others = imports.map(part).filter((other) => other !== part(path));
      parts.set(part(path), [...(parts.get(part(path)) ?? []), ...others]);
    }
    expect(circles(parts)).toEqual([]);
  });

  test('pure modules import no I/O: plan-, parse- and render-', () => {
    const wrong = shipped
      .filter(({ path }) => PURE.test(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier, typeOnly }) => !typeOnly && IMPURE_IMPORT.test(specifier))
          .map(({ specifier }) => `${path} -> ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  test('only adapters read process.env, and nothing ends the process', () => {
    const wrong = shipped.filter(
      ({ path, text }) => (!ADAPTERS.test(path) && /process\.env/.test(text)) || /process\.exit\(/.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('no files that ship import each other in a circle', () => {
    expect(circles(importGraph())).toEqual([]);
  });

  test('no file re-exports others', () => {
    expect(sources.filter(({ text }) => /^export \* from/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('no action writes GITHUB_ENV or GITHUB_PATH', () => {
    const wrong = shipped.filter(({ text }) => /exportVariable|addPath|GITHUB_ENV|GITHUB_PATH/.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('the size of things', () => {
  test(`a file has at most ${MAX_FILE_LINES} lines`, () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > MAX_FILE_LINES && !path.endsWith('.test.ts'));
    expect(long).toEqual([]);
  });

  test('no file or folder is named after nothing: utils, helpers, common, manager', () => {
    expect(
      sources.map(({ path }) => path).filter((path) => /(^|[/-])(utils?|helpers?|common|manager)([./-]|$)/.test(path)),
    ).toEqual([]);
  });

  test('no test asserts how fast something is: that is for bench/', () => {
    const timed = /\(\s*(performance|Date)\.now\(\) - \w+\s*\)\.toBeLess/;
    expect(sources.filter(({ text }) => timed.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('no test replaces a module of ours', () => {
    const mocked = /\bjest\.(mock|unstable_mockModule)\(|\b(test|it|describe)\.(skip|only)\(/;
    const wrong = sources.filter(
      ({ path, text }) => path.endsWith('.test.ts') && !path.startsWith('test/contract/') && mocked.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

function sourceFolder(path: string): string {
  return path.split('/').slice(0, 3).join('/');
}

function importGraph(): Map<string, string[]> {
  const resolve = (from: string, specifier: string) =>
    specifier.startsWith('#shared/') ? specifier.replace('#shared/', 'shared/src/') : join(dirname(from), specifier);
  return new Map(
    shipped.map(({ path, imports }) => [
      path,
      imports
        .filter(({ specifier }) => /^(\.|#shared\/)/.test(specifier))
        .map(({ specifier }) => resolve(path, specifier)),
    ]),
  );
}

// One line for each import that leads back to where the walk came from.
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  function walk(path: string, trail: readonly string[]): void {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  }
  for (const path of graph.keys()) walk(path, []);
  return found;
}
