import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NotAllowed } from '#shared/inputs.ts';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import type { Selectors } from '../../../../actions/bump-gitops-image/src/images/image-request.ts';
import { planBump, scanFiles } from '../../../../actions/bump-gitops-image/src/plan-bump.ts';
import { parseSetLine } from '../../../../actions/bump-gitops-image/src/settings/parse-set-lines.ts';
import { planSettings } from '../../../../actions/bump-gitops-image/src/settings/plan-settings.ts';
import { anywhere } from '../../../replay/replay-bump.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

function set(text: string, lines: string | readonly string[], selectors: Partial<Selectors> = {}, path = 'a.yaml') {
  const file = { path, text, mode: '100644' };
  const settings = [lines].flat().map(parseSetLine);
  const found = planSettings(yaml, [file], { settings, selectors: { ...anywhere, ...selectors }, isOwn: () => true });
  const plan = planBump(yaml, scanFiles(yaml, [file]), {
    targets: [],
    settings: found.problems.length > 0 ? [] : found.targets,
    pinDigest: 'keep',
  });
  const problems = [...found.problems, ...plan.problems].map(({ line, message }) => `${line}: ${message}`);
  return { after: plan.files[0]?.after ?? text, problems, missing: found.missing, changes: plan.changes };
}

describe('a line', () => {
  test.each([
    ['apps/values.yaml#features.beta=true', { file: 'apps/values.yaml', keys: ['features', 'beta'], value: 'true' }],
    ['configmap/flags#BETA=a=b#c', { object: { kind: 'configmap', name: 'flags' }, keys: ['BETA'], value: 'a=b#c' }],
    ['Deployment/api#LOG_LEVEL=', { object: { kind: 'deployment', name: 'api' }, value: '' }],
    ['a.json#list[0]["x.y=z"].w=1', { file: 'a.json', keys: ['list', 0, 'x.y=z', 'w'], value: '1' }],
    ['configmap/flags.yaml#a=1', { file: 'configmap/flags.yaml' }],
  ])('%s', (line, setting) => {
    expect(parseSetLine(line)).toMatchObject(setting);
  });

  test.each([
    'BETA=true',
    'a.yaml#beta',
    'a.yaml#=x',
    '#a=b',
    '../a.yaml#a=b',
    '/etc/a.yaml#a=b',
    'a/*.yaml#a=b',
    'secret/token#value=x',
    'a.yaml#a..b=c',
    'a.yaml#a[x]=c',
    'a.yaml#a=\u0007',
  ])('%s is refused', (line) => {
    expect(() => parseSetLine(line)).toThrow(NotAllowed);
  });
});

describe('a value keeps its type and its quotes', () => {
  test.each([
    ['beta: false # comment\n', 'true', 'beta: true # comment\n'],
    ['beta: "false"\r\n', 'true', 'beta: "true"\r\n'],
    ["beta: 'no'", "it's", "beta: 'it''s'"],
    ['beta: "a"\n', 'say "hi" \\', 'beta: "say \\"hi\\" \\\\"\n'],
    ['beta: off-peak\n', 'on', 'beta: "on"\n'],
    ['beta: off-peak\n', 'two words', 'beta: "two words"\n'],
    ['beta: two words\n', 'one', 'beta: one\n'],
    ['beta: 3\n', '12', 'beta: 12\n'],
    ['{"beta": {"x": 1}, "y": "beta"}', undefined, '{"beta": {"x": 2}, "y": "beta"}'],
    ['\ufeff# x\nbeta: a\n', '', '\ufeff# x\nbeta: ""\n'],
  ])('%j becomes %j', (before, value, after) => {
    const line = value === undefined ? 'a.yaml#beta.x=2' : `a.yaml#beta=${value}`;
    expect(set(before, line)).toMatchObject({ after, problems: [], missing: [] });
  });

  test.each([
    ['beta: 3\n', 'many', 'a number stands here, and "many" is none'],
    ['beta: true\n', 'yes', 'a boolean stands here, and "yes" is none'],
    ['beta: ~\n', 'x', '~ is read differently by different parsers; quote it first'],
    ['beta:\n', 'x', 'the value is missing; write at least empty quotes'],
    ['beta: |\n  a: 1\n', 'x', 'a block of text stands here, not one value'],
    ['beta: "a\n  b"\n', 'x', 'the value spans several lines'],
    ['beta: {a: 1}\n', 'x', 'a map stands here, not one value'],
    ['beta: a\nbeta: b\n', 'x', 'the key beta stands twice'],
    ['beta: a\n\tx: b\n', 'x', expect.anything()],
  ])('%j refuses %j', (before, value, problem) => {
    const { after, problems } = set(before, `a.yaml#beta=${value}`);
    expect(after).toBe(before);
    expect(problems).toEqual([
      typeof problem === 'string' ? expect.stringMatching(/^\d: a.yaml#beta: /) : expect.anything(),
    ]);
    if (typeof problem === 'string') expect(problems[0]).toContain(problem);
  });

  test('an image is left to `images` and its guards', () => {
    const { problems } = set('image:\n  repository: acme/api\n  tag: v2\n', 'a.yaml#image.tag=v1');
    expect(problems).toEqual(['3: a.yaml#image.tag: the image acme/api stands here']);
  });
});

describe('what other places share', () => {
  test.each([
    ['a: &f false\nb: *f\n', 'a', 'an alias elsewhere shares this value'],
    ['a: &f false\nb: *f\n', 'b', 'an alias stands here'],
    ['a: &m {x: 1}\nb: *m\n', 'a.x', 'an alias elsewhere shares what stands here'],
    ['a: &m {x: 1}\nb: *m\n', 'b.x', 'an alias stands on the way'],
    ['a: &m {x: 1}\nb: {<<: *m}\n', 'b.x', 'a merge key brings x'],
  ])('is not changed by %j at %s', (before, path, problem) => {
    const { after, problems } = set(before, `a.yaml#${path}=2`);
    expect(after).toBe(before);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test('changes where it is kept only to be shared', () => {
    expect(set('x-d: &d {x: 1}\na: *d\n', 'a.yaml#x-d.x=2')).toMatchObject({
      after: 'x-d: &d {x: 2}\na: *d\n',
      problems: [],
    });
  });
});

const several = `apiVersion: v1
kind: ConfigMap
metadata: {name: flags, namespace: demo}
data:
  BETA: "false" # keep
  app.properties: |
    beta=false
---
apiVersion: v1
kind: ConfigMap
metadata: {name: flags, namespace: prod}
data:
  BETA: off
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: prod}
spec:
  replicas: 2
  template:
    metadata: {annotations: {note: a}}
    spec:
      containers:
        - name: app
          env:
            - {name: BETA, value: 'false'}
            - name: TOKEN
              valueFrom: {secretKeyRef: {name: t, key: k}}
        - name: proxy
          env: [{name: BETA, value: "false"}]
`;

describe('an object', () => {
  test.each<[string, Partial<Selectors>, string, string]>([
    ['configmap/flags#BETA=true', { namespaces: ['demo'] }, 'BETA: "false" # keep', 'BETA: "true" # keep'],
    ['configmap/flags#BETA=on', { namespaces: ['prod'] }, 'BETA: off', 'BETA: "on"'],
    ['deployment/api#BETA=true', { containers: ['app'] }, "value: 'false'", "value: 'true'"],
    ['deployment/api#spec.replicas=3', {}, 'replicas: 2', 'replicas: 3'],
    ['deployment/api#spec.template.metadata.annotations.note=1', {}, 'note: a', 'note: "1"'],
    ['a.yaml#[2].spec.replicas=3', {}, 'replicas: 2', 'replicas: 3'],
    ['a.yaml#spec.replicas=3', {}, 'replicas: 2', 'replicas: 3'],
  ])('%s', (line, selectors, before, after) => {
    expect(set(several, line, selectors)).toMatchObject({
      after: several.replace(before, after),
      problems: [],
      missing: [],
    });
  });

  test('changes in every container that has the variable, and says where', () => {
    const { after, changes } = set(several, 'deployment/api#BETA=true');
    expect(after.match(/value: ['"]true/g)).toHaveLength(2);
    expect(changes).toMatchObject([
      { container: 'app', style: 'setting', old: 'false', new: 'true', object: 'Deployment/prod/api', line: 26 },
      { container: 'proxy', keyPath: '[2].spec.template.spec.containers[1].env[0].value', line: 30 },
    ]);
  });

  test.each([
    ['configmap/flags#app.properties=x', 'a block of text stands here'],
    ['deployment/api#TOKEN=x', 'TOKEN has no value of its own'],
    ['a.yaml#data.BETA=x', 'it stands in several places: [0].data.BETA, [1].data.BETA'],
  ])('%s is refused', (line, problem) => {
    expect(set(several, line).problems[0]).toContain(problem);
  });

  test.each([
    ['configmap/flags#BETTA=x', 'Near: data.BETA'],
    ['configmap/flag#BETA=x', 'was not found in 1 file'],
    ['deployment/api#BETAA=x', 'Near: BETA, TOKEN'],
    ['a.yaml#spec.replica=3', 'Near: spec.replicas'],
    ['b.yaml#x=3', 'there is no file b.yaml'],
  ])('%s is missing', (line, words) => {
    const { missing, problems } = set(several, line);
    expect(problems).toEqual([]);
    expect(missing).toEqual([expect.stringContaining(words)]);
  });

  test('a literal of a kustomization is one of its ConfigMap', () => {
    const before = 'configMapGenerator:\n  - name: flags\n    literals:\n      - BETA=false\n      - "GAMMA=a b"\n';
    expect(set(before, ['configmap/flags#BETA=yes: no', 'configmap/flags#GAMMA=c d'])).toMatchObject({
      after: before.replace('BETA=false', '"BETA=yes: no"').replace('a b', 'c d'),
      problems: [],
    });
    expect(set(before, 'configmap/flags#BTA=x').missing[0]).toContain('Near: BETA');
  });

  test('a value that stands there already changes nothing, and two lines never mean one place', () => {
    expect(set(several, 'deployment/api#spec.replicas=2')).toMatchObject({ changes: [], problems: [], missing: [] });
    const twice = set(several, ['deployment/api#spec.replicas=3', 'a.yaml#[2].spec.replicas=4']);
    expect(twice.problems).toEqual([expect.stringContaining('another line of `set` means the same place')]);
  });
});

describe('files that are no YAML', () => {
  test.each([
    ['flags.env', 'A=1\nBETA=false # keep\n', 'BETA=on', 'A=1\nBETA=on # keep\n'],
    ['.env.production', 'export BETA="a b"\r\n', 'BETA=c d', 'export BETA="c d"\r\n'],
    ['app.properties', 'beta.limit = 10\n', 'beta.limit=20', 'beta.limit = 20\n'],
    [
      'main.tf',
      'module "x" {\n  beta = false\n  name = "a"\n}\n',
      'module.x.beta=true',
      'module "x" {\n  beta = true\n  name = "a"\n}\n',
    ],
  ])('%s', (path, before, line, after) => {
    expect(set(before, `${path}#${line}`, {}, path)).toMatchObject({ after, problems: [], missing: [] });
  });

  test.each([
    ['flags.env', 'BETA=1\n', 'BETA=a b', '"a b" would need quotes or escapes'],
    ['flags.env', 'BETA="1"\n', 'BETA=$HOME', 'would need quotes or escapes'],
    ['main.tf', 'beta = false\n', 'beta=some', 'a boolean stands here'],
    ['flags.env', 'BETA=1\nBETA=2\n', 'BETA=3', 'it stands in several places'],
  ])('%s: %j refuses %s', (path, before, line, problem) => {
    const { after, problems } = set(before, `${path}#${line}`, {}, path);
    expect(after).toBe(before);
    expect(problems[0]).toContain(problem);
  });

  test('a missing key is told with the near one', () => {
    expect(set('BETA=1\n', 'flags.env#BETTA=2', {}, 'flags.env').missing[0]).toContain('Near: BETA');
  });
});

test('whatever the value is, every parser reads exactly it, and everything else is what it was', () => {
  const value = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.trim());
  const quoted = fc.constantFrom('word', "'single ''one'", '"double \\t one"', 'two words');
  fc.assert(
    fc.property(value, quoted, fc.constantFrom('\n', '\r\n'), (next, old, newline) => {
      fc.pre(!/[\p{Cc}\p{Zl}\p{Zp}\ufeff]/u.test(next));
      const before = ['# a', `a: ${old} # b`, 'c: {d: 1.10, e: yes}', ''].join(newline);
      const { after, problems } = set(before, `a.yaml#a=${next}`);
      expect(problems).toEqual([]);
      for (const version of ['1.1', '1.2'] as const) {
        expect(yaml.parse(after, { version })).toEqual({ ...yaml.parse(before, { version }), a: next });
      }
      expect(after.endsWith(before.slice(before.indexOf(' # b')))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('a JSON file stays JSON', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), (text) => {
      const next = text.trim();
      fc.pre(!/[\p{Cc}\ufeff]/u.test(next));
      const { after } = set('{\n  "a": "x",\n  "b": [1, true]\n}\n', `a.yaml#a=${next}`);
      expect(JSON.parse(after)).toEqual({ a: next, b: [1, true] });
    }),
    { numRuns: 1_000 },
  );
});
