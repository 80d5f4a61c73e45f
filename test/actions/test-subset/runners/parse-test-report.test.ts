import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJUnit } from '../../../../actions/test-subset/src/runners/parse-junit.ts';
import { parseTestReport } from '../../../../actions/test-subset/src/runners/parse-test-report.ts';
import { planBatches, shellWords, splitCommand } from '../../../../actions/test-subset/src/runners/plan-command.ts';

const same = (path: string) => path;

describe('JUnit', () => {
  test('pytest’s report tells the line in the test file', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="0" failures="1" tests="3">
<testcase classname="tests.test_a.TestX" name="test_it[&lt;1&gt;]" file="tests/test_a.py" line="3" time="0.5"><failure message="assert 1 == 2">def test_it():
&gt;       assert 1 == 2

src/lib.py:9: in call
tests/test_a.py:6: AssertionError</failure></testcase>
<testcase classname="tests.test_a" name="test_ok" file="tests/test_a.py" line="9" time="0.25" />
<testcase classname="tests.test_a" name="test_skip" file="tests/test_a.py" line="12" time="0"><skipped message="x">y</skipped></testcase>
</testsuite></testsuites>`;
    const report = parseTestReport(xml, 'junit', same);
    expect(report).toMatchObject({ passed: 1, failed: 1, skipped: 1, files: ['tests/test_a.py'] });
    expect(report?.failures).toEqual([
      { test: 'tests/test_a.py', name: 'TestX > test_it[<1>]', message: 'assert 1 == 2', line: 6 },
    ]);
  });

  test('a file that could not be collected is a failure', () => {
    const xml =
      '<testsuite><testcase classname="" name="tests.test_b" time="0"><error message="collection failure"><![CDATA[E <b> & c]]></error></testcase></testsuite>';
    expect(parseJUnit(xml)).toMatchObject([{ status: 'failed', message: 'collection failure', detail: 'E <b> & c' }]);
  });

  test('an entity that XML does not know stays as it is', () => {
    const xml = '<testsuite><testcase classname="a" name="b &constructor; &amp; c" time="0"/></testsuite>';
    expect(parseJUnit(xml)).toMatchObject([{ name: expect.stringContaining('b &constructor; & c') }]);
  });

  test('any text is read to its end', () => {
    const piece = fc.constantFrom(
      '<testsuite>',
      '<testcase name="a">',
      '</testcase>',
      '<failure message="',
      '"',
      '>',
      '/>',
      '<',
      '&lt;',
      '&#99999999;',
      '<![CDATA[',
      ']]>',
      '<!--',
      'x',
      '</testsuite>',
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => expect(Array.isArray(parseJUnit(pieces.join('')))).toBe(true)));
  });
});

test('a report that was never written is no report', () => {
  expect(parseTestReport('', 'jest', same)).toBeUndefined();
  expect(parseTestReport('Killed', 'jest', same)).toBeUndefined();
});

test('a jest file that could not be run is a failure of the file', () => {
  const text = JSON.stringify({
    testResults: [
      {
        name: 'a.test.js',
        status: 'failed',
        message: "Cannot find module './b'\n  at Object.<anonymous> (/x/a.test.js:2:1)",
        assertionResults: [],
      },
    ],
  });
  expect(parseTestReport(text, 'jest', same)?.failures).toEqual([
    { test: 'a.test.js', name: '(file)', message: expect.stringContaining('Cannot find'), line: 2 },
  ]);
});

describe('commands', () => {
  test.each<[string, readonly string[]]>([
    ['npm test', ['npm', 'test']],
    [`a "b c" 'd e' --x="y z"`, ['a', 'b c', 'd e', '--x=y z']],
    ['a; rm -rf $HOME', ['a;', 'rm', '-rf', '$HOME']],
    ['', []],
  ])('%s', (command, expected) => expect(splitCommand(command)).toEqual(expected));

  test('names of tests are one word each to a shell', () => {
    expect(shellWords(['test/a.js', "it's $(rm).js", '-x.js'])).toBe("test/a.js 'it'\\''s $(rm).js' '-x.js'");
  });

  test('batches together are all tests, and no command line is too long', () => {
    const names = fc.array(fc.string({ minLength: 1, maxLength: 300 }), { maxLength: 300 });
    fc.assert(
      fc.property(names, (tests) => {
        const batches = planBatches(tests);
        expect(batches.flat()).toEqual(tests);
        for (const batch of batches) expect(batch.join(' ').length).toBeLessThan(32_000);
      }),
    );
  });
});
