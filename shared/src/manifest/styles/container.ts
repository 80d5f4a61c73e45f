import { scalarAt, textAt } from '../manifest-node.ts';
import { foundReference, type Style } from '../style.ts';

/** The lists of a pod's specification that hold containers, each with a name of its own. */
export const containerLists: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Containers of every workload kind, of CronJobs, and of custom resources and charts that hold pod specs. */
export const container: Style = {
  name: 'container',
  family: 'Kubernetes',
  covers: '`image` in `containers`, `initContainers`, `ephemeralContainers` of any kind',
  find: ({ keys, map }) => {
    if (!containerLists.has(String(keys.at(-2))) || typeof keys.at(-1) !== 'number') return [];
    const found = foundReference(scalarAt(map, 'image'), ['image']);
    const name = textAt(map, 'name');
    return found === undefined ? [] : [name === '' ? found : { ...found, container: name }];
  },
};
