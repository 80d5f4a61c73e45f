import { scalarAt, textAt } from '../manifest-node.ts';
import { foundReference, type Style } from '../style.ts';

/** Environment variables, parameters and JSON patches whose `value` is a reference. */
export const referenceValue: Style = {
  name: 'reference-value',
  covers: '`{name, value: reference}` of env and parameters, `{op, path, value}` of JSON 6902 patches',
  find: ({ map }) => {
    const found = foundReference(scalarAt(map, 'value'), 'value');
    if (found === undefined || (found.tag === undefined && found.digest === undefined)) return [];
    if (textAt(map, 'op') !== '') return /\/image$/.test(textAt(map, 'path')) ? [found] : [];
    // `redis:6379` is an address; a path, a digest or the variable's name tells an image from it.
    const sure = /image/i.test(textAt(map, 'name')) || found.digest !== undefined || found.image.includes('/');
    return sure ? [found] : [];
  },
};
