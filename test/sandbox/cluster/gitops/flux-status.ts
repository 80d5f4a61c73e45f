import type { Condition, KubeObject } from '../kube-objects.ts';
import { type ObjectKey, timestamp } from '../store.ts';
import type { World } from '../world.ts';
import type { Settings } from './follow.ts';
import type { Snapshot } from './git-source.ts';

const component = 'kustomize-controller';

/** The status of a Kustomization, as far as it is written here. */
export interface Status {
  observedGeneration?: number;
  conditions?: Condition[];
  lastAppliedRevision?: string;
  lastAttemptedRevision?: string;
  inventory?: { entries: { id: string; v: string }[] };
  history?: object[];
}

/** One reconciliation of one revision. */
export interface Run {
  readonly world: World;
  readonly settings: Settings;
  readonly key: ObjectKey;
  readonly snapshot: Snapshot;
  readonly revision: string;
  readonly generation: number;
}

/** A failure that Flux tells in the Ready condition. */
export class ReconcileError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Changes the status; it then speaks of the present generation. */
export function change({ world, key, generation }: Run, edit: (status: Status) => void): KubeObject | undefined {
  return world.store.change('kustomizations', key, (draft) => {
    const status = draft.status as Status;
    edit(status);
    status.observedGeneration = generation;
  });
}

/** Makes conditions that keep their time while their status stays. */
export function conditionsWith({ world, generation }: Run, known: readonly Condition[] = []) {
  const at = timestamp(world.clock.now());
  return (type: string, status: Condition['status'], told: { reason: string; message: string }): Condition => {
    const before = known.find((each) => each.type === type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : at;
    return { lastTransitionTime, ...told, observedGeneration: generation, status, type };
  };
}

/** Tells that the reconciliation goes on, and where it is. */
export function progress(run: Run, message: string): void {
  change(run, (status) => {
    const condition = conditionsWith(run, status.conditions);
    const healthy = status.conditions?.filter(({ type }) => type === 'Healthy') ?? [];
    status.conditions = [
      condition('Reconciling', 'True', { reason: 'Progressing', message }),
      condition('Ready', 'Unknown', { reason: 'Progressing', message: 'Reconciliation in progress' }),
      ...healthy,
    ];
  });
}

/** Records an event about the Kustomization. */
export function tell(
  { world, key, revision }: Run,
  event: { reason: string; message: string; type?: 'Warning' },
): void {
  const about = world.store.get('kustomizations', key);
  if (about === undefined) return;
  world.record({ ...event, about, component, annotations: { 'kustomize.toolkit.fluxcd.io/revision': revision } });
}
