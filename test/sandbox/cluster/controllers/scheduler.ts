import type { KubeObject } from '../kube-objects.ts';
import type { Pod } from '../pod-objects.ts';
import type { World } from '../world.ts';
import { isActive } from './pods-of.ts';
import { runController } from './work-queue.ts';

const component = 'default-scheduler';
const retryMs = 2000;

/** Gives each new pod the node with the fewest pods that has room for it. */
export function runScheduler(world: World): void {
  const { store } = world;
  runController(world, {
    concerns: ({ resource, object: { metadata } }) =>
      resource === 'pods' ? [{ namespace: metadata.namespace, name: metadata.name }] : [],
    reconcile(key) {
      const pod = store.get('pods', key);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || isScheduled(pod)) return undefined;
      const { node, refusal } = choose(world, pod);
      const now = world.clock.now();
      if (node === undefined) {
        const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message: refusal };
        store.change('pods', key, ({ status }) => setScheduled(status, condition, now));
        world.record({ about: pod, reason: 'FailedScheduling', message: refusal, type: 'Warning', component });
        return retryMs;
      }
      store.change('pods', key, ({ spec, status }) => {
        spec.nodeName = node;
        setScheduled(status, { type: 'PodScheduled', status: 'True' }, now);
      });
      const message = `Successfully assigned ${key.namespace}/${key.name} to ${node}`;
      world.record({ about: pod, reason: 'Scheduled', message, component });
      return undefined;
    },
  });
}

function isScheduled({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: value }) => type === 'PodScheduled' && value === 'True') === true;
}

function setScheduled(
  status: Pod['status'],
  condition: { type: string; status: 'True' | 'False'; reason?: string; message?: string },
  now: number,
): void {
  const at = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const others = (status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  status.conditions = [...others, { ...condition, lastProbeTime: null, lastTransitionTime: at }];
}

function choose({ store }: World, pod: Pod): { node?: string; refusal: string } {
  const nodes = store.list('nodes');
  const active = store.list('pods').filter(isActive);
  if (pod.spec.nodeName !== undefined) return { node: pod.spec.nodeName, refusal: '' };
  const reasons = new Map<string, number>();
  const fitting: { name: string; pods: number }[] = [];
  for (const node of nodes) {
    const there = active.filter(({ spec }) => spec.nodeName === node.metadata.name);
    const reason = reasonAgainst(node, pod, there);
    if (reason === undefined) fitting.push({ name: node.metadata.name, pods: there.length });
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const best = fitting.sort((a, b) => a.pods - b.pods)[0];
  if (best !== undefined) return { node: best.name, refusal: '' };
  const listed = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const none = `0/${nodes.length} nodes are available:`;
  const preemption = `preemption: ${none} ${nodes.length} Preemption is not helpful for scheduling.`;
  return { refusal: `${none} ${listed}. no new claims to deallocate, ${preemption}` };
}

function reasonAgainst(node: KubeObject, pod: Pod, there: readonly Pod[]): string | undefined {
  const { metadata, status } = node;
  const { taints = [] } = (node.spec ?? {}) as { taints?: readonly unknown[] };
  if (taints.length > 0) return 'node(s) had untolerated taint(s)';
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  if (wanted.some(([key, value]) => metadata.labels?.[key] !== value)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const { allocatable = {} } = status as { allocatable?: Record<string, string> };
  for (const resource of ['cpu', 'memory'] as const) {
    const used = [...there, pod].reduce((sum, each) => sum + requested(each, resource), 0);
    if (used > quantity(allocatable[resource] ?? '0')) return `Insufficient ${resource}`;
  }
  return undefined;
}

function requested({ spec }: Pod, resource: string): number {
  return spec.containers.reduce((sum, { resources }) => sum + quantity(resources?.requests?.[resource] ?? '0'), 0);
}

/** A Kubernetes quantity as a number: `50m` is 0.05, `64Mi` the bytes. */
export function quantity(text: string): number {
  const [, digits = '0', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  const units: Record<string, number> = {
    ...{ m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
    ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
  };
  return Number(digits) * (units[unit] ?? 1);
}
