import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInRepository, runOnChanges } from './run-in-repository.ts';
import { createRepository, type TemporaryRepository } from './temporary-repository.ts';

const files: Readonly<Record<string, string>> = {
  'go.mod': 'module example.com/shop\n\ngo 1.25\n\nreplace example.com/lib => ./lib\n',
  'go.sum': '',
  'money/money.go': 'package money\n',
  'money/money_linux.go': '//go:build linux\n\npackage money\n',
  'money/money_test.go': 'package money\n',
  'money/export_test.go': 'package money\n\nimport "example.com/lib/clock"\n',
  'money/external_test.go': 'package money_test\n\nimport "example.com/shop/internal/testkit"\n',
  'money/testdata/rates.json': '{}\n',
  'tax/tax.go': 'package tax\n\nimport m "example.com/shop/money"\n',
  'tax/tax_test.go': 'package tax\n\nvar _ = "../testdata/all.json"\n',
  'cart/cart.go':
    'package cart\n\nimport (\n\t_ "embed"\n\t"example.com/shop/tax"\n)\n\n//go:embed sql/*.sql\nvar query string\n',
  'cart/sql/one.sql': 'select 1;\n',
  'cart/asm_amd64.s': 'TEXT\n',
  'cart/cart_test.go': 'package cart\n',
  'internal/testkit/kit.go': 'package testkit\n',
  'cmd/server/main.go': 'package main\n\nimport "example.com/shop/server"\n',
  'server/server.go': 'package server\n',
  'e2e/e2e_test.go': '//go:build e2e\n\npackage e2e\n\nvar build = []string{"go", "build", "./cmd/server"}\n',
  'alone/alone.go': 'package alone\n',
  'testdata/all.json': '{}\n',
  'testdata/fixture/go.mod': 'module fixture\n',
  'testdata/fixture/x_test.go': 'package fixture\n',
  '_drafts/d_test.go': 'package drafts\n',
  'lib/go.mod': 'module example.com/lib\n',
  'lib/clock/clock.go': 'package clock\n',
  'lib/clock/clock_test.go': 'package clock\n',
  'trace/trace.go': 'package trace\n\nvar name = "example.com/shop/server"\n',
  'trace/trace_test.go': 'package trace\n',
  'smoke/build.go':
    'package smoke\n\nimport "os/exec"\n\nvar c = exec.Command("go", "run", "example.com/shop/server")\n',
  'smoke/smoke_test.go': 'package smoke\n',
  'vendor/example.com/x/x.go': 'package x\n',
  'vendor/example.com/x/x_test.go': 'package x\n',
  'README.md': '# shop\n',
  Makefile: 'all:\n',
};
const cart = ['cart/cart_test.go'];
const tax = ['tax/tax_test.go'];
const money = ['money/export_test.go', 'money/external_test.go', 'money/money_test.go'];
const e2e = ['e2e/e2e_test.go'];
const lib = ['lib/clock/clock_test.go'];
const smoke = ['smoke/smoke_test.go'];
const all = [cart, e2e, lib, money, smoke, tax, ['trace/trace_test.go']].flat();

let repository: TemporaryRepository;
let first: string;

beforeAll(() => {
  repository = createRepository(files);
  first = repository.git('rev-parse', 'HEAD');
});

afterAll(() => repository.remove());

async function select(changes: Readonly<Record<string, string | null>>, inputs: Readonly<Record<string, string>> = {}) {
  return runOnChanges(repository, first, { changes, inputs });
}

describe('go: the tests that a change can break', () => {
  test.each<[string, readonly string[], string]>([
    ['money/money.go', [cart, money, tax].flat(), './cart ./money ./tax'],
    ['money/money_linux.go', [cart, money, tax].flat(), './cart ./money ./tax'],
    ['money/export_test.go', money, './money'],
    // The tests of tax go to some testdata outside of their package.
    ['money/testdata/rates.json', [money, tax].flat(), './money ./tax'],
    ['tax/tax.go', [cart, tax].flat(), './cart ./tax'],
    ['cart/sql/one.sql', cart, './cart'],
    ['cart/asm_amd64.s', cart, './cart'],
    ['internal/testkit/kit.go', money, './money'],
    ['lib/clock/clock.go', [lib, money].flat(), './lib/clock ./money'],
    ['cmd/server/main.go', e2e, './e2e'],
    ['server/server.go', [e2e, smoke].flat(), './e2e ./smoke'],
    ['testdata/all.json', tax, './tax'],
  ])('%s', async (path, tests, args) => {
    const { outputs } = await select({ [path]: `${files[path]}\n` });
    expect([outputs.mode, outputs.tests, outputs.args]).toEqual(['subset', tests, args]);
  });

  test.each<[string, Readonly<Record<string, string | null>>, readonly string[]]>([
    ['a deleted file', { 'tax/tax.go': null }, [cart, tax].flat()],
    ['a deleted test of a package that has others', { 'money/export_test.go': null }, money.slice(1)],
    ['a new file of a package', { 'tax/new_windows.go': 'package tax\n' }, [cart, tax].flat()],
    ['a new embedded file', { 'cart/sql/two.sql': '' }, cart],
    ['a new package with a test', { 'new/new_test.go': 'package new\n' }, ['new/new_test.go']],
  ])('%s', async (_, changes, tests) => {
    const { outputs } = await select(changes);
    expect([outputs.mode, outputs.tests]).toEqual(['subset', tests]);
  });

  test('a deleted package, with those that still import it', async () => {
    const { outputs } = await select({ 'tax/tax.go': null, 'tax/tax_test.go': null });
    expect([outputs.mode, outputs.tests]).toEqual(['subset', cart]);
  });

  test('each test is explained by its packages', async () => {
    const { outputs } = await select({ 'money/money.go': 'package money // changed\n' });
    expect((outputs.explain as Record<string, unknown>)['tax/tax_test.go']).toEqual([
      'tax/tax_test.go',
      'tax/*_test.go',
      'tax/*.go',
      'money/*.go',
      'money/money.go',
    ]);
  });

  test('documentation that no code names needs no test', async () => {
    const { outputs, reasonCode } = await select({ 'README.md': '# store\n' });
    expect([outputs.mode, reasonCode]).toEqual(['none', 'all-inert']);
  });

  test('the tests of a package stay in one shard, balanced by reports that name packages', async () => {
    const times = { 'example.com/shop/money': 9, 'example.com/shop/tax': 5, 'example.com/shop/cart': 5 };
    const cases = Object.entries(times).map(
      ([name, time]) => `<testcase classname="${name}" name="T" time="${time}"/>`,
    );
    const report = { 'reports/README.md': `<testsuite>${cases.join('')}</testsuite>` };
    const inputs = { shards: '2', shard: '2', timings: 'reports/*' };
    const { outputs } = await select({ 'money/money.go': 'package money // changed\n', ...report }, inputs);
    expect([outputs.shards, outputs.tests]).toEqual([2, [cart, tax].flat()]);
  });
});

describe('go: all tests run when anything is unproven', () => {
  test.each([
    ['go.mod', 'lockfile-changed'],
    ['go.sum', 'lockfile-changed'],
    ['go.work', 'lockfile-changed'],
    ['vendor/example.com/x/x.go', 'lockfile-changed'],
    ['Makefile', 'unexplained-file'],
    ['alone/alone.go', 'no-test-reaches'],
    ['_drafts/d_test.go', 'no-test-reaches'],
  ])('%s: %s', async (path, code) => {
    const { outputs, reasonCode } = await select({ [path]: `${files[path] ?? ''}// changed\n` });
    expect([outputs.mode, outputs.tests, outputs.args, reasonCode]).toEqual(['full', all, './...', code]);
  });
});

test('with `root`, the packages of one service, relative to it', async () => {
  const { outputs } = await select({ 'lib/clock/clock.go': 'package clock // changed\n' }, { root: 'lib' });
  expect([outputs.tests, outputs.args, outputs.total]).toEqual([lib, './clock', 1]);
  expect((await select({ 'tax/tax.go': 'package tax // changed\n' }, { root: 'lib' })).outputs.mode).toBe('none');
});

test('a package that is generated may come from anything in its module', async () => {
  const service = createRepository({
    'a/go.mod': 'module a\n',
    'a/api.proto': '',
    'a/a.go': 'package a\n\nimport "a/gen/api"\n',
    'a/a_test.go': 'package a\n',
    'a/b/b_test.go': 'package b\n',
    'c/go.mod': 'module c\n',
    'c/c.go': 'package c\n',
    'c/c_test.go': 'package c\n',
  });
  try {
    const base = service.git('rev-parse', 'HEAD');
    service.commit({ 'a/b/b_test.go': 'package b // changed\n' });
    const { outputs } = await runInRepository(service.folder, { inputs: { base } });
    expect(outputs.tests).toEqual(['a/a_test.go', 'a/b/b_test.go']);
  } finally {
    service.remove();
  }
});

test('go that is not installed is told to be missing', async () => {
  const service = createRepository({ 'go.mod': 'module a\n', 'a_test.go': 'package a\n', '.gitignore': 'bin\n' });
  const path = process.env['PATH'];
  try {
    const base = service.git('rev-parse', 'HEAD');
    service.commit({ 'a_test.go': 'package a // changed\n' });
    const bin = join(service.folder, 'bin');
    mkdirSync(bin);
    symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(bin, 'git'));
    process.env['PATH'] = bin;
    const run = runInRepository(service.folder, { inputs: { base, run: 'true' } });
    await expect(run).rejects.toMatchObject({ reasonCode: 'runner-missing' });
  } finally {
    process.env['PATH'] = path;
    service.remove();
  }
});
