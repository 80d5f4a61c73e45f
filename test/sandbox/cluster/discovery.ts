import { resourceKinds } from './resource-kinds.ts';

const group = (name: string, version: string) => {
  const each = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [each], preferredVersion: each };
};

/** Answers the paths by which clients learn what the API server has; undefined for other paths. */
export function answerDiscovery(path: string): object | undefined {
  if (path === '/version') {
    const commit = { gitCommit: '0000000000000000000000000000000000000000', gitTreeState: 'clean' };
    return { major: '1', minor: '35', gitVersion: 'v1.35.1-sandbox', ...commit, platform: 'linux/amd64' };
  }
  if (path === '/api') {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  }
  if (path === '/apis') {
    const named = new Map(resourceKinds.filter((each) => each.group !== '').map((each) => [each.group, each.version]));
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [...named].map(([name, version]) => group(name, version)),
    };
  }
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))$/.exec(path);
  if (match === null) return undefined;
  const [, core, named = '', version = core] = match;
  const kinds = resourceKinds.filter((each) => each.group === named && each.version === version);
  if (kinds.length === 0) return undefined;
  const resources = kinds.flatMap(({ resource, kind, namespaced, shortNames }) => {
    const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
    const whole = { name: resource, singularName: kind.toLowerCase(), namespaced, kind, shortNames, verbs };
    return resource === 'pods'
      ? [whole, { name: 'pods/log', singularName: '', namespaced, kind, verbs: ['get'] }]
      : [whole];
  });
  const groupVersion = named === '' ? 'v1' : `${named}/${version}`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
