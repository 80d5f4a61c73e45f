import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { planRenaming, renameIn } from '../../../../actions/bump-gitops-image/src/creation/replace-names.ts';
import { splice } from '../../../../actions/bump-gitops-image/src/edits/plan-splice.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

describe('a name', () => {
  const names = [
    { old: 'prod', next: 'demo' },
    { old: 'api', next: 'cart' },
  ];

  test.each([
    ['', 'prod', 'demo'],
    ['', 'shop.prod', 'shop.prod'],
    ['.', 'shop.prod.example.com', 'shop.demo.example.com'],
    ['./', 'prod/api.prod', 'demo/cart.demo'],
    ['-', 'api-worker', 'cart-worker'],
    ['.', 'api-worker.production.reprod', 'api-worker.production.reprod'],
  ])('with the boundaries %j: %s becomes %s', (boundaries, before, after) => {
    expect(renameIn(before, { names, boundaries })).toBe(after);
  });

  test('is replaced exactly where the value is cut at the boundaries, and never twice', () => {
    const part = fc.constantFrom('a', 'b', 'ab', 'ba', 'aa', '', 'c');
    const swap = [
      { old: 'a', next: 'b' },
      { old: 'b', next: 'a' },
    ];
    fc.assert(
      fc.property(fc.array(fc.tuple(part, fc.constantFrom('.', '/', '-', '_')), { maxLength: 8 }), (parts) => {
        const join = (rename: (text: string) => string) =>
          parts
            .map(([text, separator]) => rename(text) + separator)
            .join('')
            .replaceAll('_', '_x');
        const swapped = (text: string) => ({ a: 'b', b: 'a' })[text] ?? text;
        const cut = (value: string) =>
          value
            .split(/([./-])/)
            .map(swapped)
            .join('');
        const value = join((text) => text);
        expect(renameIn(value, { names: swap, boundaries: './-' })).toBe(cut(value));
      }),
    );
  });
});

test('keys, comments and scripts keep the old name; values in every document and block of YAML get the new one', () => {
  const before = `# prod
prod: prod # prod
list: ['prod', "prod", x-prod]
---
a: &p prod
b: *p
patch: |-
  metadata:
    namespace: prod
script: |
  echo prod
`;
  const { replacements, problems } = planRenaming(yaml, before, {
    names: [{ old: 'prod', next: 'on' }],
    boundaries: '',
  });
  expect(problems).toEqual([]);
  expect(splice(before, replacements)).toBe(`# prod
prod: "on" # prod
list: ['on', "on", x-prod]
---
a: &p "on"
b: *p
patch: |-
  metadata:
    namespace: "on"
script: |
  echo prod
`);
});
