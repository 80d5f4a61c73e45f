import { causeTable } from '../causes/cause-table.ts';
import type { Cause } from '../verdict/plan-verdict.ts';

/** A cause as the output `causes` has it. */
export interface ToldCause {
  readonly class: string;
  readonly object: string;
  readonly objects: readonly string[];
  readonly container?: string;
  readonly reason: string;
  readonly evidence: string;
  readonly fix: string;
  readonly command: string;
  readonly link: string;
  readonly log: readonly string[];
}

const maxCauses = 3;
const maxEvidence = 1000;

/** The first three causes with what to do about them; `logs` are their excerpts in the same order. */
export function planCausesTold(
  causes: readonly Cause[],
  { namespace, url, logs }: { namespace: string; url: string; logs: readonly (readonly string[])[] },
): ToldCause[] {
  return causes.slice(0, maxCauses).map((cause, index) => {
    const { fix, command, link } = causeTable[cause.class];
    const name = cause.object.split('/')[1] ?? '';
    const values: Readonly<Record<string, string>> = {
      namespace,
      object: cause.object,
      name,
      container: cause.container ?? '',
      node: cause.node ?? '',
      pods: cause.evidence.replace(/^kubectl delete pod /, 'pod '),
      url,
    };
    const filled = command.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '').replace(/ -c (?= |$)/, '');
    const { class: kind, object, objects, reason, evidence } = cause;
    const common = {
      class: kind,
      object,
      objects,
      reason,
      evidence: evidence.slice(0, maxEvidence),
      fix,
      command: filled,
      link,
    };
    return {
      ...common,
      ...(cause.container === undefined ? {} : { container: cause.container }),
      log: logs[index] ?? [],
    };
  });
}
