import type { Condition, DataObject, KubeEvent, KubeObject, Service } from '../kube-objects.ts';
import { ageColumn, column, count, labelText, nameColumn, wide } from './column.ts';
import { since } from './durations.ts';

/** The columns of Services. */
export const serviceColumns = [
  nameColumn,
  column('Type', ({ spec }: Service) => spec.type ?? 'ClusterIP'),
  column('Cluster-IP', ({ spec }: Service) => spec.clusterIP ?? '<none>'),
  column('External-IP', () => '<none>'),
  column('Port(s)', ({ spec }: Service) => {
    const ports = (spec.ports ?? []).map(({ port, nodePort, protocol = 'TCP' }) =>
      nodePort === undefined ? `${port}/${protocol}` : `${port}:${nodePort}/${protocol}`,
    );
    return ports.join(',') || '<none>';
  }),
  ageColumn,
  wide('Selector', ({ spec }: Service) => labelText(spec.selector)),
];

interface Endpoints extends KubeObject {
  subsets?: { addresses?: { ip: string }[]; ports?: { port: number }[] }[];
}

const shownEndpoints = 3;

/** The columns of Endpoints. */
export const endpointsColumns = [
  nameColumn,
  column('Endpoints', ({ subsets = [] }: Endpoints) => {
    const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
      ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
    );
    const more = all.length > shownEndpoints ? ` + ${all.length - shownEndpoints} more...` : '';
    return all.length === 0 ? '<none>' : `${all.slice(0, shownEndpoints).join(',')}${more}`;
  }),
  ageColumn,
];

/** The columns of ConfigMaps. */
export const configMapColumns = [
  nameColumn,
  count('Data', ({ data }: DataObject) => Object.keys(data ?? {}).length),
  ageColumn,
];

/** The columns of Secrets. */
export const secretColumns = [
  nameColumn,
  column('Type', (secret: DataObject & { type?: string }) => secret.type ?? 'Opaque'),
  count('Data', ({ data }: DataObject) => Object.keys(data ?? {}).length),
  ageColumn,
];

/** The columns of Namespaces. */
export const namespaceColumns = [
  nameColumn,
  column('Status', ({ status }) => (status as { phase?: string } | undefined)?.phase ?? ''),
  ageColumn,
];

interface Node extends KubeObject {
  status?: {
    conditions?: Condition[];
    addresses?: { type: string; address: string }[];
    nodeInfo?: Readonly<Record<string, string>>;
  };
}

const addressOf = ({ status }: Node, type: string) =>
  status?.addresses?.find((each) => each.type === type)?.address ?? '<none>';
const infoOf = ({ status }: Node, name: string) => status?.nodeInfo?.[name] ?? '<unknown>';

/** The columns of Nodes. */
export const nodeColumns = [
  nameColumn,
  column('Status', ({ status }: Node) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    return ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  }),
  column('Roles', () => '<none>'),
  ageColumn,
  column('Version', (node: Node) => node.status?.nodeInfo?.['kubeletVersion'] ?? ''),
  wide('Internal-IP', (node: Node) => addressOf(node, 'InternalIP')),
  wide('External-IP', (node: Node) => addressOf(node, 'ExternalIP')),
  wide('OS-Image', (node: Node) => infoOf(node, 'osImage')),
  wide('Kernel-Version', (node: Node) => infoOf(node, 'kernelVersion')),
  wide('Container-Runtime', (node: Node) => infoOf(node, 'containerRuntimeVersion')),
];

type ShownEvent = KubeEvent & { eventTime?: string | null; source?: { component?: string; host?: string } };

const firstSeen = ({ firstTimestamp, eventTime }: ShownEvent, nowMs: number) =>
  since(firstTimestamp ?? eventTime, nowMs);
const times = ({ count: number }: ShownEvent) => (number === undefined || number === 0 ? 1 : number);

/** The columns of Events, which have their name last. */
export const eventColumns = [
  column('Last Seen', (event: ShownEvent, nowMs) => {
    const first = firstSeen(event, nowMs);
    const last = event.lastTimestamp === null ? first : since(event.lastTimestamp, nowMs);
    return times(event) > 1 ? `${last} (x${times(event)} over ${first})` : last;
  }),
  column('Type', ({ type }: ShownEvent) => type),
  column('Reason', ({ reason }: ShownEvent) => reason),
  column('Object', ({ involvedObject: { kind = '', name } }: ShownEvent) => `${kind.toLowerCase()}/${name}`),
  wide('Subobject', ({ involvedObject: { fieldPath = '' } }: ShownEvent) => fieldPath),
  wide('Source', ({ source }: ShownEvent) => [source?.component, source?.host].filter(Boolean).join(', ')),
  column('Message', ({ message }: ShownEvent) => message.trim()),
  wide('First Seen', firstSeen),
  { ...count('Count', times), priority: 1 },
  { ...nameColumn, priority: 1 },
];

/** The columns of ControllerRevisions. */
export const controllerRevisionColumns = [
  nameColumn,
  column('Controller', ({ metadata }) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (owner === undefined) return '<none>';
    const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
    return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
  }),
  column('Revision', (object: KubeObject & { revision?: number }) => String(object.revision ?? 0)),
  ageColumn,
];

interface ResourceQuota extends KubeObject {
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

function quotaText({ status }: ResourceQuota, limits: boolean): string {
  const { hard = {}, used = {} } = status ?? {};
  const names = Object.keys(hard).filter((name) => name.startsWith('limits') === limits);
  return names
    .sort()
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ');
}

/** The columns of ResourceQuotas. */
export const resourceQuotaColumns = [
  nameColumn,
  column('Request', (quota: ResourceQuota) => quotaText(quota, false)),
  column('Limit', (quota: ResourceQuota) => quotaText(quota, true)),
  ageColumn,
];

/** The columns of ServiceAccounts. */
export const serviceAccountColumns = [
  nameColumn,
  count('Secrets', (account: KubeObject & { secrets?: unknown[] }) => account.secrets?.length),
  ageColumn,
];

interface Reconciled extends KubeObject {
  spec: { url?: string; project?: string };
  status?: {
    conditions?: Condition[];
    sync?: { status?: string; revision?: string };
    health?: { status?: string };
  };
}

const readyOf = ({ status }: Reconciled) => status?.conditions?.find(({ type }) => type === 'Ready');
const readyColumns = [
  ageColumn,
  column('Ready', (object: Reconciled) => readyOf(object)?.status ?? null),
  column('Status', (object: Reconciled) => readyOf(object)?.message ?? null),
];

/** The columns of Flux's Kustomizations: `additionalPrinterColumns` of its CRD. */
export const kustomizationColumns = [nameColumn, ...readyColumns];

/** The columns of Flux's GitRepositories. */
export const gitRepositoryColumns = [
  nameColumn,
  column('URL', ({ spec }: Reconciled) => spec.url ?? null),
  ...readyColumns,
];

/** The columns of Argo CD's Applications. */
export const applicationColumns = [
  nameColumn,
  column('Sync Status', ({ status }: Reconciled) => status?.sync?.status ?? null),
  column('Health Status', ({ status }: Reconciled) => status?.health?.status ?? null),
  { ...column('Revision', ({ status }: Reconciled) => status?.sync?.revision ?? null), priority: 10 },
  { ...column('Project', ({ spec }: Reconciled) => spec.project ?? null), priority: 10 },
];
