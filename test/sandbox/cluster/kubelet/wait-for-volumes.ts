import { setTimeout as delay } from 'node:timers/promises';
import type { Volume } from '../pod-objects.ts';
import type { Store } from '../store.ts';
import type { PodContext } from './pod-worker.ts';

const retryMs = 500;

/** Waits until every ConfigMap and Secret that the pod mounts is there, and tells FailedMount as the kubelet does. */
export async function waitForVolumes(pod: PodContext): Promise<void> {
  for (;;) {
    const current = pod.read();
    if (current === undefined || pod.signal.aborted) return;
    const { namespace } = current.metadata;
    const failures = (current.spec.volumes ?? []).flatMap((volume) => missing(pod.store, namespace, volume) ?? []);
    if (failures.length === 0) return;
    for (const message of failures) pod.tellPod({ reason: 'FailedMount', message, type: 'Warning' });
    await delay(retryMs, undefined, { signal: pod.signal }).catch(() => {});
  }
}

function missing(store: Store, namespace: string | undefined, { name, configMap, secret }: Volume): string | undefined {
  const failed = `MountVolume.SetUp failed for volume "${name}" :`;
  if (configMap !== undefined && configMap.optional !== true) {
    const found = store.get('configmaps', { namespace, name: configMap.name });
    if (found === undefined) return `${failed} configmap "${configMap.name}" not found`;
  }
  if (secret !== undefined && secret.optional !== true) {
    const found = store.get('secrets', { namespace, name: secret.secretName });
    if (found === undefined) return `${failed} secret "${secret.secretName}" not found`;
  }
  return undefined;
}
