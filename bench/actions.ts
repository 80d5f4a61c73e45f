import { renderTable } from '#shared/markdown/table.ts';
import { listActions } from '../test/support/action-manifest.ts';
import { measureColdStart } from './cold-start.ts';
import { measureSources } from './source-sizes.ts';

/** Prints one table: action, lines of code, longest function, bundle size, cold start next to bare Node in the same run. */
export async function printActions(): Promise<void> {
  const actions = await listActions();
  const starts = await measureColdStart(actions, { runs: 21 });
  const rows = [];
  for (const action of actions) {
    const { lines, longestFunction, entryBytes } = await measureSources(action);
    const start = starts.actions.get(action) ?? 0;
    const extra = `+${(start - starts.bareMs).toFixed(0)} ms`;
    rows.push([
      action,
      `${lines}`,
      `${longestFunction}`,
      `${entryBytes}`,
      `${start.toFixed(0)} ms`,
      extra,
      `${(start / starts.bareMs).toFixed(2)}×`,
    ]);
  }
  const { suiteBytes } = await measureSources('suite');
  console.log(
    renderTable(
      ['action', 'lines of code', 'longest function', 'entry (bytes)', 'cold start', 'over bare Node', 'ratio'],
      rows,
    ),
  );
  console.log(
    `\nBare Node ${starts.nodeVersion}: ${starts.bareMs.toFixed(0)} ms (median of ${starts.runs}, in turn with the bundles).`,
  );
  console.log(`The one bundle that all entries share: ${suiteBytes} bytes.`);
}
