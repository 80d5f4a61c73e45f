import { describe, expect, test } from '@jest/globals';
import { parseComponent } from '../../../../actions/create-tag/src/monorepo/parse-component.ts';
import { parsePath } from '../../../../actions/create-tag/src/monorepo/parse-path.ts';

describe('a line of paths', () => {
  test.each([
    ['services/a', 'services/a'],
    ['./services/a/', 'services/a'],
    ['services//a//', 'services/a'],
    ['services/a/**', 'services/a'],
    ['"My App/src, old/"', 'My App/src, old'],
  ])('%s is the path %s', (line, path) => {
    expect(parsePath(line)).toBe(path);
  });

  test.each(['services/a, libraries', 'services/a libraries', 'My App', '"a', '"a" "b"'])(
    'that may be several is refused: %s',
    (line) => {
      expect(() => parsePath(line)).toThrow('one folder or file a line');
    },
  );

  test.each(['', '/', '*.ts', '../a', 'a/../b', '""'])('that is none is refused: %j', (line) => {
    expect(() => parsePath(line)).toThrow('folders or files from the root');
  });
});

describe('a line of components', () => {
  test.each([
    ['backend/v=services/backend', ['services/backend']],
    ['backend/v = services/backend,libraries/', ['services/backend', 'libraries']],
    ['backend/v=services/backend, "My App, old", x', ['services/backend', 'My App, old', 'x']],
  ])('%s has the paths %j', (line, paths) => {
    expect(parseComponent(line)).toEqual({ prefix: 'backend/v', paths });
  });

  test.each([
    ['backend/v', 'lines such as'],
    ['=a', 'lines such as'],
    ['backend/v=', 'folders or files'],
    ['backend/v=services/backend libraries', 'with commas between them'],
    ['backend/v="a" libraries', 'one folder or file'],
    ['lib2=lib', 'does not end in a digit'],
  ])('%s is refused', (line, text) => {
    expect(() => parseComponent(line)).toThrow(text);
  });
});
