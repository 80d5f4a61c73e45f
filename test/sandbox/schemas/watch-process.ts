import { githubTraffic } from '../github/traffic.ts';
import { createRestCheck } from './check-rest.ts';
import { appendTally } from './tally.ts';
import { startWatch } from './watch.ts';

/**
 * Loaded with `--import` into a process that a test starts: what passes through its sandbox GitHub is checked as Jest
 * checks its own, and the process fails with the violations on standard error.
 */
const watch = startWatch();
const check = createRestCheck();

githubTraffic().subscribe(watch.listen);
process.on('exit', () => {
  const violations = watch.judge(check);
  const file = process.env['TRUNKLINE_TALLY'];
  if (file !== undefined) appendTally(file, watch.tally);
  if (violations.length === 0) return;
  process.stderr.write(`GitHub's published schemas do not allow:\n${violations.join('\n')}\n`);
  process.exitCode = 1;
});
