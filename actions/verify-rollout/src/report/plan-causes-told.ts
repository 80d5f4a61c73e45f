import { type CauseClass, causeTable } from '../causes/cause-table.ts';
import type { Cause } from '../verdict/plan-verdict.ts';
import { maskSecrets } from './parse-log-excerpt.ts';

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

/** Causes in which a container has its say: by its log, and by the words of its end or its probe in the evidence. */
export const telling: ReadonlySet<CauseClass> = new Set<CauseClass>([
  'CrashLoopBackOff',
  'OOMKilled',
  'LivenessFailed',
  'StartupProbeFailed',
  'ReadinessFailed',
  'JobFailed',
  'StuckRevision',
  'SoakFailed',
  'PostStartHookFailed',
]);

const maxCauses = 3;
const maxEvidence = 1000;

/** What the causes are told with; `logs` are their excerpts in the same order, `known` are secrets that this run was given. */
export interface CauseContext {
  readonly namespace: string;
  readonly url: string;
  readonly logs: readonly (readonly string[])[];
  readonly known: readonly string[];
}

/** The first three causes with what to do about them. */
export function planCausesTold(causes: readonly Cause[], { namespace, url, logs, known }: CauseContext): ToldCause[] {
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
      url: url.replaceAll("'", '%27'),
    };
    const filled = command.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '').replace(/ -c (?= |$)/, '');
    const { class: kind, object, objects, reason, evidence } = cause;
    const common = {
      class: kind,
      object,
      objects,
      reason,
      evidence: (telling.has(kind) ? maskSecrets(evidence, known) : evidence).slice(0, maxEvidence),
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
