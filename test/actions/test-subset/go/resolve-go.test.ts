import { describe, expect, test } from '@jest/globals';
import {
  isIgnoredByGo,
  moduleOf,
  planGoModules,
  vendorOwner,
} from '../../../../actions/test-subset/src/go/plan-go-modules.ts';
import { GoResolver } from '../../../../actions/test-subset/src/go/resolve-go.ts';
import { planInventory } from '../../../../actions/test-subset/src/plan-inventory.ts';

const files: Readonly<Record<string, string>> = {
  'go.work': 'go 1.25\nuse (\n\t.\n\t./tools\n)\n',
  'go.mod':
    'module "example.com/shop" // comment\n\ngo 1.25\n\nrequire (\n\texample.com/shop/published v1.0.0\n\texample.com/fork v1.0.0 // indirect\n)\nreplace example.com/fork => ./third/fork\nreplace (\n\texample.com/other v1.0.0 => ../elsewhere\n\texample.com/a => example.com/b v1.2.3\n)\nignore ./static\nignore node_modules\n',
  'shop.go': '',
  'internal/a/a.go': '',
  'internal/a/a_linux.go': '',
  'internal/a/asm_amd64.s': '',
  'internal/a/_draft.go': '',
  'internal/a/data/one.sql': '',
  'internal/a/data/[x].sql': '',
  'internal/a/.hidden/two.sql': '',
  'internal/onlytests/a_test.go': '',
  'third/fork/go.mod': 'module example.com/original\n',
  'third/fork/sub/s.go': '',
  'tools/go.mod': 'module example.com/shop/tools\n',
  'tools/gen/g.go': '',
  'examples/one/go.mod': 'module example\n',
  'examples/one/util/u.go': '',
  'examples/two/go.mod': 'module example\n',
  'examples/two/util/u.go': '',
  'cmd/server/main.go': '',
  'vendor/example.com/x/x.go': '',
};
const modules = planGoModules(new Map(Object.entries(files)));
const go = new GoResolver(modules, planInventory(Object.keys(files)));

describe('an import leads to', () => {
  test.each<[string, string, { folders: string[]; missing?: string }]>([
    ['example.com/shop', 'cmd/server', { folders: [''] }],
    ['example.com/shop/internal/a', '', { folders: ['internal/a'] }],
    ['example.com/fork/sub', '', { folders: ['third/fork/sub'] }],
    ['example.com/original/sub', 'third/fork', { folders: ['third/fork/sub'] }],
    ['example.com/shop/tools/gen', '', { folders: ['tools/gen'] }],
    ['example/util', 'examples/two', { folders: ['examples/two/util'] }],
    ['example/util', '', { folders: ['examples/one/util', 'examples/two/util'] }],
    ['example.com/shop/internal/generated', '', { folders: [], missing: 'internal/generated' }],
    ['example.com/shop/internal/onlytests', '', { folders: [], missing: 'internal/onlytests' }],
    ['example.com/shop/published/x', '', { folders: [] }],
    ['example.com/shopping', '', { folders: [] }],
    ['example.com/x', '', { folders: [] }],
    ['fmt', '', { folders: [] }],
    ['C', '', { folders: [] }],
  ])('%s in "%s"', (path, folder, expected) => {
    expect(go.resolveImport(path, folder)).toEqual(expected);
  });
});

test.each<[string, string, readonly string[]]>([
  ['./cmd/server', 'internal/a', ['cmd/server']],
  ['../../cmd/server/main.go', 'internal/a', ['cmd/server']],
  ['cmd/server', 'internal/a', ['cmd/server']],
  ['example.com/shop/cmd/server', 'internal/a', ['cmd/server']],
  ['../a', 'internal/a', []],
  ['./...', '', []],
  ['../../../..', 'internal/a', []],
])('the text %s in %s names %j', (text, folder, expected) => {
  expect(go.resolvePath(text, folder)).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ['data/one.sql', ['internal/a/data/one.sql']],
  ['data', ['internal/a/data/[x].sql', 'internal/a/data/one.sql']],
  ['data/*.sql', ['internal/a/data/[x].sql', 'internal/a/data/one.sql']],
  ['d?t[a-z]/o*.sql', ['internal/a/data/one.sql']],
  ['data/\\[x\\].sql', ['internal/a/data/[x].sql']],
  ['dat', []],
  ['[z-a', []],
  ['../b', []],
])('//go:embed %s', (pattern, expected) => {
  expect(go.resolveEmbed(pattern, 'internal/a')).toEqual(expected);
});

test.each<[string, boolean]>([
  ['internal/a', false],
  ['internal/a/testdata/x', true],
  ['internal/_draft', true],
  ['.github/x', true],
  ['vendor/example.com/x', true],
  ['static/x', true],
  ['internal/static', false],
  ['web/node_modules/x', true],
  ['testdata_of', false],
])('go test ./... passes over %s: %s', (folder, expected) => {
  const module = moduleOf(folder, modules);
  expect(module?.path).toBe('example.com/shop');
  expect(module !== undefined && isIgnoredByGo(folder, module)).toBe(expected);
});

test('a vendored file stands for the go.mod that it was installed for', () => {
  expect(vendorOwner('vendor/example.com/x/x.go', modules)).toBe('go.mod');
  expect(vendorOwner('tools/vendor/modules.txt', modules)).toBe('tools/go.mod');
  expect(vendorOwner('internal/vendor/x.go', modules)).toBeUndefined();
});
