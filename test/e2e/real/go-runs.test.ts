import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runOnChanges } from '../../actions/test-subset/run-in-repository.ts';
import { createRepository, type TemporaryRepository } from '../../actions/test-subset/temporary-repository.ts';

const test1 = (name: string, body: string, imports = '"testing"') =>
  `package ${name}\n\nimport ${imports}\n\n${body}\n`;
const files: Readonly<Record<string, string>> = {
  'svc/go.mod': 'module example.com/svc\n\ngo 1.21\n',
  'svc/base/base.go': 'package base\n\nfunc Add(a, b int) int { return a + b }\n',
  'svc/good/good.go': 'package good\n\nimport "example.com/svc/base"\n\nvar Sum = base.Add(1, 2)\n',
  'svc/good/good_test.go': test1(
    'good',
    'func TestSum(t *testing.T) { t.Log(Sum) }\nfunc TestLater(t *testing.T) { t.Skip() }',
  ),
  'svc/bad/bad_test.go': test1(
    'bad',
    'func TestSum(t *testing.T) {\n\tt.Run("small", func(t *testing.T) {\n\t\tt.Errorf("got %d", base.Add(1, 2))\n\t})\n}',
    '(\n\t"testing"\n\n\t"example.com/svc/base"\n)',
  ),
  'svc/panics/p_test.go': test1('panics', 'func TestMap(t *testing.T) {\n\tvar m map[string]int\n\tm["a"] = 1\n}'),
  'svc/broken/b_test.go': test1('broken', 'func TestX(t *testing.T) { undefined() }'),
  'svc/slow/s_test.go': test1(
    'slow',
    'func TestSlow(t *testing.T) {\n\ttime.Sleep(time.Minute)\n}',
    '(\n\t"testing"\n\t"time"\n)',
  ),
  'svc/tagged/t_test.go': `//go:build e2e\n\n${test1('tagged', 'func TestE(t *testing.T) {}')}`,
  'svc/main/m_test.go': test1(
    'main',
    'func TestMain(m *testing.M) { os.Exit(3) }\nfunc TestA(t *testing.T) {}',
    '(\n\t"os"\n\t"testing"\n)',
  ),
};

let repository: TemporaryRepository;
let first: string;

beforeAll(() => {
  repository = createRepository(files);
  first = repository.git('rev-parse', 'HEAD');
});

afterAll(() => repository.remove());

async function changeAndRun(paths: readonly string[], inputs: Readonly<Record<string, string>> = {}) {
  const changes = Object.fromEntries(paths.map((path) => [path, `${files[path]}\n// changed\n`]));
  return runOnChanges(repository, first, { changes, inputs: { run: 'true', ...inputs } });
}

test('go test runs the packages with affected tests, and passes when they pass', async () => {
  const { outputs, failure, summary, annotations, runner } = await changeAndRun(['svc/good/good.go']);
  expect([outputs.tests, failure, annotations]).toEqual([['svc/good/good_test.go'], undefined, []]);
  expect(summary).toContain('1 passed, 0 failed, 1 skipped');
  expect(runner.lines.some((line) => line.includes('ok  \texample.com/svc/good'))).toBe(true);
}, 120_000);

test('a failed test, a panic, a build, a TestMain and a time-out are told by file and line', async () => {
  const tests = ['bad/bad', 'panics/p', 'broken/b', 'slow/s', 'main/m'].map((name) => `svc/${name}_test.go`);
  const { outputs, failure, annotations } = await changeAndRun(['svc/base/base.go', ...tests], {
    command: 'go test -timeout 2s {report} {tests}',
  });
  expect(failure).toBe('5 of 6 tests failed.');
  const failures = outputs.failures as { test: string; name: string; message: string; line: number | undefined }[];
  expect(failures.sort((a, b) => (a.test < b.test ? -1 : 1))).toEqual([
    { test: 'svc/bad/bad_test.go', name: 'TestSum/small', message: 'bad_test.go:11: got 3', line: 11 },
    {
      test: 'svc/broken/b_test.go',
      name: 'example.com/svc/broken (build)',
      message: expect.stringContaining('undefined'),
      line: 5,
    },
    { test: 'svc/main', name: 'example.com/svc/main', message: expect.stringContaining('FAIL'), line: undefined },
    {
      test: 'svc/panics/p_test.go',
      name: 'TestMap',
      message: expect.stringMatching(/^panic: assignment to entry/),
      line: 7,
    },
    { test: 'svc/slow/s_test.go', name: 'TestSlow', message: expect.stringMatching(/^panic: test timed out/), line: 9 },
  ]);
  expect(annotations).toContainEqual(expect.objectContaining({ file: 'svc/bad/bad_test.go', startLine: 11 }));
}, 120_000);

test('a package that is not built for these tags is a warning', async () => {
  const { failure, annotations } = await changeAndRun(['svc/tagged/t_test.go']);
  expect(failure).toBeUndefined();
  expect(annotations).toEqual([{ level: 'warning', message: 'go found no test in svc/tagged.' }]);
}, 120_000);

test('a module that go cannot read is told as the runner’s failure', async () => {
  const changes = { 'svc/go.mod': 'module example.com/svc\nnonsense\n' };
  const outcome = await runOnChanges(repository, first, { changes, inputs: { run: 'true' } });
  expect([outcome.outputs.mode, outcome.reasonCode]).toEqual(['full', 'runner-failed']);
}, 120_000);
