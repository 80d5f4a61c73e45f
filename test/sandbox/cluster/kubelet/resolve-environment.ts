import type { Container, EnvVar, Pod } from '../pod-objects.ts';
import type { Store } from '../store.ts';

/** A container that cannot be made from its configuration; the message is the kubelet's. */
export class ConfigError extends Error {}

/** The environment of a container: envFrom, then env, with $(NAME) filled in. Throws a ConfigError when something is missing. */
export function resolveEnvironment(store: Store, pod: Pod, container: Container): Record<string, string> {
  const { namespace = 'default' } = pod.metadata;
  const environment: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data =
      configMapRef === undefined
        ? readData(store, { resource: 'secrets', namespace, ...(secretRef ?? { name: '' }) })
        : readData(store, { resource: 'configmaps', namespace, ...configMapRef });
    for (const [name, value] of Object.entries(data ?? {})) environment[prefix + name] = value;
  }
  for (const variable of container.env ?? []) {
    const value = readValue(store, pod, variable);
    if (value !== undefined) environment[variable.name] = expand(value, environment);
  }
  return environment;
}

function expand(value: string, environment: Readonly<Record<string, string>>): string {
  return value.replace(/\$\(([\w.-]+)\)/g, (whole, name: string) => environment[name] ?? whole);
}

function readValue(store: Store, pod: Pod, { value, valueFrom }: EnvVar): string | undefined {
  const { namespace = 'default' } = pod.metadata;
  if (valueFrom?.fieldRef !== undefined) return fieldOf(pod, valueFrom.fieldRef.fieldPath);
  const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  if (configMapKeyRef !== undefined) return keyOf(store, { resource: 'configmaps', namespace, ...configMapKeyRef });
  if (secretKeyRef !== undefined) return keyOf(store, { resource: 'secrets', namespace, ...secretKeyRef });
  return value ?? '';
}

interface DataReference {
  readonly resource: 'configmaps' | 'secrets';
  readonly namespace: string;
  readonly name: string;
  readonly optional?: boolean;
}

function keyOf(store: Store, reference: DataReference & { key: string }): string | undefined {
  const data = readData(store, reference);
  const value = data?.[reference.key];
  if (value !== undefined || reference.optional === true) return value;
  const kind = reference.resource === 'secrets' ? 'Secret' : 'ConfigMap';
  throw new ConfigError(`couldn't find key ${reference.key} in ${kind} ${reference.namespace}/${reference.name}`);
}

function readData(store: Store, reference: DataReference): Record<string, string> | undefined {
  const { resource, namespace, name, optional } = reference;
  const found = store.get(resource, { namespace, name });
  if (found === undefined) {
    if (optional === true) return undefined;
    throw new ConfigError(`${resource === 'secrets' ? 'secret' : 'configmap'} "${name}" not found`);
  }
  if (resource === 'configmaps') return found.data ?? {};
  const { stringData = {} } = found as unknown as { stringData?: Record<string, string> };
  const decoded = Object.entries(found.data ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  return { ...Object.fromEntries(decoded), ...stringData };
}

function fieldOf(pod: Pod, path: string): string {
  const { metadata, spec, status } = pod;
  const label = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (label !== null) return metadata[label[1] as 'labels' | 'annotations']?.[label[2] ?? ''] ?? '';
  const fields: Record<string, string | undefined> = {
    ...{ 'metadata.name': metadata.name, 'metadata.namespace': metadata.namespace, 'metadata.uid': metadata.uid },
    ...{ 'status.podIP': status.podIP, 'status.hostIP': status.hostIP, 'spec.nodeName': spec.nodeName },
    'spec.serviceAccountName': spec.serviceAccountName,
  };
  return fields[path] ?? '';
}
