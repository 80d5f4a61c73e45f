import { scalarAt } from '../manifest-node.ts';
import { foundReference, type Style } from '../style.ts';

/** Image volumes, https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/ */
export const imageVolume: Style = {
  name: 'image-volume',
  family: 'Kubernetes',
  covers: '`volumes[].image.reference`',
  find: ({ keys, map }) => {
    if (keys.at(-1) !== 'image' || keys.at(-3) !== 'volumes') return [];
    const found = foundReference(scalarAt(map, 'reference'), ['reference']);
    return found === undefined ? [] : [found];
  },
};
