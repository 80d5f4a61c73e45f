import type { Condition } from './kube-objects.ts';
import { timestamp } from './store.ts';
import type { World } from './world.ts';

const reason = 'NodeStatusUnknown';
const message = 'Kubelet stopped posting node status.';

/** Silences the kubelet of a node and does what the node controller does about it: the node is Unknown, its pods are not ready. */
export function stopNode({ store, clock, record, silentNodes }: World, name: string): void {
  const at = timestamp(clock.now());
  silentNodes.add(name);
  store.change('nodes', { name }, (draft) => {
    const status = draft.status as { conditions: Condition[] };
    const unknown = { status: 'Unknown', lastTransitionTime: at, reason, message } as const;
    status.conditions = status.conditions.map((condition) => ({ ...condition, ...unknown }));
    const key = 'node.kubernetes.io/unreachable';
    const taints = ['NoSchedule', 'NoExecute'].map((effect) => ({ key, effect, timeAdded: at }));
    draft.spec = { ...(draft.spec as object), taints };
  });
  for (const pod of store.list('pods').filter(({ spec }) => spec.nodeName === name)) {
    const isReady = ({ type, status }: Condition) => type === 'Ready' && status === 'True';
    if (pod.status.conditions?.some(isReady) !== true) continue;
    const key = { namespace: pod.metadata.namespace, name: pod.metadata.name };
    store.change('pods', key, ({ status }) => {
      for (const condition of status.conditions?.filter(isReady) ?? []) {
        Object.assign(condition, { status: 'False', lastTransitionTime: at });
      }
    });
    const event = { reason: 'NodeNotReady', message: 'Node is not ready', type: 'Warning' } as const;
    record({ ...event, about: pod, component: 'node-controller' });
  }
}
