import { forLog } from '#shared/untrusted.ts';
import type { Selection } from './plan-selection.ts';

/** Log lines that say what was decided; with `verbose`, one for each test with its chain to the change. */
export function renderExplanation(selection: Selection, verbose: boolean): string[] {
  const head = `${selection.mode}: ${selection.detail} (${selection.reasonCode})`;
  if (!verbose || selection.mode !== 'subset') return [forLog(head)];
  return [head, ...selection.tests.map((test) => `  ${chainText(selection.chains.get(test) ?? [test])}`)].map(forLog);
}

/** A chain as text: the test, what it imports, down to the changed file. */
export function chainText(chain: readonly string[]): string {
  return chain.join(' → ');
}
