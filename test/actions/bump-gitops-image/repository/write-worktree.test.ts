import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FileChange } from '../../../../actions/bump-gitops-image/src/images/change.ts';
import { writeWorktree } from '../../../../actions/bump-gitops-image/src/repository/write-worktree.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function edit(path: string, mode = 0o644): FileChange {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), 'old\n');
  chmodSync(join(folder, path), mode);
  return { file: { path, text: 'old\n', mode: '100644' }, after: 'new\n' };
}

const create = (path: string): FileChange => ({
  file: { path, text: '', mode: '100755', created: true },
  after: 'new\n',
});

/** Every file with its mode and text, and every folder. */
function state(): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(folder.length + 1);
      if (entry.isDirectory()) return `${name}/`;
      return `${name} ${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, 'utf8').trim()}`;
    })
    .sort();
}

test('modes and owners stay, and nothing else is left', () => {
  const changes = [edit('a.yaml', 0o640), edit('b/run.yaml', 0o755), create('c/d/new.sh')];
  // Only root can give a file away; the others see that it stays theirs.
  if (process.getuid?.() === 0) chownSync(join(folder, 'a.yaml'), 1234, 1235);
  const { uid, gid } = statSync(join(folder, 'a.yaml'));
  writeWorktree(folder, changes);
  expect(statSync(join(folder, 'a.yaml'))).toMatchObject({ uid, gid });
  expect(state()).toEqual(['a.yaml 640 new', 'b/', 'b/run.yaml 755 new', 'c/', 'c/d/', 'c/d/new.sh 755 new']);
});

test('when a rename fails in the middle, all files, modes and folders are as before', () => {
  const changes = [
    edit('a.yaml', 0o640),
    create('x/one.yaml'),
    create('x/sub'),
    create('x/sub/two.yaml'),
    edit('z.yaml'),
  ];
  const before = state();
  // A file cannot stand where a folder has to be; only the third rename finds out.
  expect(() => writeWorktree(folder, changes)).toThrow(
    expect.objectContaining({
      reasonCode: 'not-written',
      message: expect.stringMatching(/could not be written \(.*(EISDIR|ENOTEMPTY|EEXIST)/),
    }),
  );
  expect(state()).toEqual(before);
});

test('when somebody puts a folder in the place of a file meanwhile, all others are as before', () => {
  const [first, second, third] = [edit('a.yaml'), edit('b.yaml'), edit('c.yaml')];
  const meanwhile = {
    ...third,
    get after() {
      rmSync(join(folder, 'b.yaml'));
      mkdirSync(join(folder, 'b.yaml'));
      return third.after;
    },
  };
  expect(() => writeWorktree(folder, [first, second, meanwhile])).toThrow(
    expect.objectContaining({ reasonCode: 'not-written', message: expect.stringContaining('b.yaml') }),
  );
  expect(state()).toEqual(['a.yaml 644 old', 'b.yaml/', 'c.yaml 644 old']);
});

test('what cannot be undone is told, and the rest is undone', () => {
  const [first, second, third] = [edit('a.yaml'), edit('b/one.yaml'), create('b/sub')];
  const meanwhile = {
    ...create('b/sub/two.yaml'),
    get after() {
      // Without the copy of its old text the second file cannot be put back.
      for (const name of readdirSync(join(folder, 'b'))) {
        if (name.endsWith('.former')) rmSync(join(folder, 'b', name));
      }
      return 'new\n';
    },
  };
  expect(() => writeWorktree(folder, [first, second, third, meanwhile])).toThrow(/Not undone: .*ENOENT.*b\/one\.yaml/);
  expect(state()).toEqual(['a.yaml 644 old', 'b/', 'b/one.yaml 644 new']);
});

test('a file that changed since it was read stops everything before the first write', () => {
  const changes = [edit('a.yaml'), edit('b.yaml')];
  writeFileSync(join(folder, 'b.yaml'), 'other\n');
  const before = state();
  expect(() => writeWorktree(folder, changes)).toThrow(
    expect.objectContaining({ reasonCode: 'not-written', message: 'b.yaml changed while it was looked at.' }),
  );
  expect(state()).toEqual(before);
});

test('what a killed run left behind stands in nobody’s way', () => {
  const changes = [edit('a.yaml')];
  writeFileSync(join(folder, `.bump-${process.pid}-0`), 'left');
  writeWorktree(folder, changes);
  expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('new\n');
});
