import { describe, expect, test } from '@jest/globals';
import { parseTestReport } from '../../../../actions/test-subset/src/runners/parse-test-report.ts';
import { goOutput } from '../../../../actions/test-subset/src/runners/render-go-output.ts';

const toPath = (path: string) => path.replace(/^example\.com\/m\/?/, '').replace(/^\/src\//, '') || '.';

// Events as Go 1.26 writes them: output of a test, its end, and the end of its package.
function output(name: string, test: string | undefined, ...lines: readonly string[]): string[] {
  const common = { Action: 'output', Package: `example.com/m${name}`, ...(test === undefined ? {} : { Test: test }) };
  return lines.map((line) => JSON.stringify({ ...common, Output: `${line}\n` }));
}

function end(action: string, name: string, test?: string, more: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({
    Action: action,
    Package: `example.com/m${name}`,
    ...(test === undefined ? {} : { Test: test }),
    ...more,
  });
}

function read(...lines: readonly string[]) {
  return parseTestReport(lines.join('\n'), 'go-events', toPath);
}

describe('go test -json', () => {
  test('passed and skipped tests, and what was said for them, are counted', () => {
    const report = read(
      ...output('/a', 'TestA', '=== RUN   TestA', '    a_test.go:3: hello', '--- PASS: TestA (0.00s)'),
      end('pass', '/a', 'TestA'),
      end('skip', '/a', 'TestB'),
      end('pass', '/a'),
    );
    expect(report).toMatchObject({ passed: 1, skipped: 1, failed: 0, failures: [], files: ['a'] });
  });

  test('a failed subtest is told once, without the test around it', () => {
    const report = read(
      ...output('', 'T/one', '=== RUN   T/one', '    a_test.go:3: log', '    a_test.go:4: got 1', '        want 2'),
      ...output('', 'T/one', '    --- FAIL: T/one (0.00s)'),
      end('fail', '', 'T/one'),
      end('pass', '', 'T/two'),
      ...output('', 'T', '--- FAIL: T (0.00s)'),
      end('fail', '', 'T'),
      end('fail', ''),
    );
    expect(report).toMatchObject({ passed: 1, failed: 1 });
    expect(report?.failures).toEqual([
      {
        test: 'a_test.go',
        name: 'T/one',
        message: 'a_test.go:3: log\n    a_test.go:4: got 1\n        want 2',
        line: 4,
      },
    ]);
  });

  test('a test that fails although its subtests pass', () => {
    const report = read(
      end('pass', '/a', 'T/one'),
      ...output('/a', 'T', '    a_test.go:9: leaked'),
      end('fail', '/a', 'T'),
      end('fail', '/a'),
    );
    expect(report?.failures).toEqual([{ test: 'a/a_test.go', name: 'T', message: 'a_test.go:9: leaked', line: 9 }]);
  });

  test('a panic is told at the frame in the test, also where the test has no end', () => {
    const frames = ['\t/usr/go/panic.go:860 +0x13a', '\t/src/b/b.go:7 +0x1', '\t/src/a/a_test.go:4 +0x28'];
    const report = read(
      ...output('/a', 'TestP', '=== RUN   TestP', 'panic: nil map', 'goroutine 1 [running]:', ...frames),
      end('fail', '/a'),
    );
    expect(report?.failures).toEqual([
      { test: 'a/a_test.go', name: 'TestP', message: expect.stringMatching(/^panic: nil map/), line: 4 },
    ]);
  });

  test('what fails outside of tests is told for the package', () => {
    const report = read(...output('/a', undefined, 'no database', 'FAIL\texample.com/m/a\t0.1s'), end('fail', '/a'));
    expect(report?.failures).toEqual([
      { test: 'a', name: 'example.com/m/a', message: expect.stringContaining('no database'), line: undefined },
    ]);
  });

  test('a failed build is told once for all packages that need it', () => {
    const build = 'example.com/m/b';
    const said = (text: string) => JSON.stringify({ ImportPath: build, Action: 'build-output', Output: `${text}\n` });
    const report = read(
      said(`# ${build}`),
      said('b/b.go:3:28: undefined: x'),
      JSON.stringify({ ImportPath: build, Action: 'build-fail' }),
      end('fail', '/a', undefined, { FailedBuild: build }),
      end('fail', '/c', undefined, { FailedBuild: build }),
    );
    expect(report?.failures).toEqual([
      { test: 'b/b.go', name: 'example.com/m/a (build)', message: 'b/b.go:3:28: undefined: x', line: 3 },
    ]);
  });

  test('the compiler’s words before Go 1.24 stand between the events', () => {
    const report = read(
      '# example.com/m/a [example.com/m/a.test]',
      'a/a_test.go:5:2: undefined: y',
      ...output('/a', undefined, 'FAIL\texample.com/m/a [build failed]'),
      end('fail', '/a'),
    );
    expect(report?.failures).toEqual([expect.objectContaining({ test: 'a/a_test.go', line: 5 })]);
  });

  test('a package without a file for these tags is no failure, one that imports such a package is', () => {
    const words = 'build constraints exclude all Go files in /src/e2e';
    const own = {
      ImportPath: 'example.com/m/e2e',
      Action: 'build-output',
      Output: `package example.com/m/e2e: ${words}\n`,
    };
    const fails = end('fail', '/e2e', undefined, { FailedBuild: 'example.com/m/e2e' });
    expect(read(JSON.stringify(own), fails)).toMatchObject({ failed: 0, excluded: ['e2e'] });
    const other = { ...own, Output: `a.go:3:8: imports example.com/m/x: ${words}\n` };
    expect(read(JSON.stringify(other), fails)).toMatchObject({ failed: 1, excluded: [] });
  });

  test('what is no report', () => {
    expect(read('go: go.mod file not found')).toBeUndefined();
    expect(read('{"', '{"Action":1}')).toBeUndefined();
  });
});

test('the log has what go test prints: packages, builds, and the output of failed tests', () => {
  const lines: string[] = [];
  const tell = goOutput((line) => lines.push(line));
  const events = [
    ...output('/a', 'TestA', '=== RUN   TestA', '    a_test.go:3: hello', '--- PASS: TestA (0.00s)'),
    end('pass', '/a', 'TestA'),
    ...output('/a', undefined, 'PASS', 'ok  \texample.com/m/a\t0.1s'),
    end('pass', '/a'),
    ...output('/b', 'TestB', '=== RUN   TestB', '    b_test.go:3: wrong', '--- FAIL: TestB (0.00s)'),
    end('fail', '/b', 'TestB'),
    ...output('/b', 'TestC', 'panic: test timed out after 1s'),
    end('fail', '/b'),
    'go: downloading example.com/x v1.0.0',
  ];
  for (const event of events) tell(event);
  expect(lines).toEqual([
    'ok  \texample.com/m/a\t0.1s',
    '    b_test.go:3: wrong',
    '--- FAIL: TestB (0.00s)',
    'panic: test timed out after 1s',
    'go: downloading example.com/x v1.0.0',
  ]);
});
