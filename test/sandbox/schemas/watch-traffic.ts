import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { githubTraffic } from '../github/traffic.ts';
import { appendTally } from './tally.ts';
import { startWatch } from './watch.ts';

/**
 * Jest runs this before each test file (`setupFilesAfterEnv`), and that is the one place that switches checking on: what
 * passes through a sandbox GitHub is checked against GitHub's schemas, and the test that made a violation fails.
 */
const watch = startWatch();

beforeAll(() => githubTraffic().subscribe(watch.listen));
afterEach(() => watch.settle());
afterAll(() => {
  githubTraffic().unsubscribe(watch.listen);
  const file = process.env['TRUNKLINE_TALLY'];
  if (file !== undefined) appendTally(file, watch.tally);
});
