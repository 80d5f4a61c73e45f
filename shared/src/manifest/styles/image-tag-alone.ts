import { lookUp, scalarAt } from '../manifest-node.ts';
import { foundFields, type Style } from '../style.ts';

/** A tag whose image the chart names: changed only where the input `key-paths` declares it. */
export const imageTagAlone: Style = {
  name: 'image-tag-alone',
  family: 'by selectors only',
  covers: '`image: {tag: ...}` without a name; `key-paths`',
  find: ({ keys, map }) => {
    const parent = String(keys.at(-1) ?? '');
    const named = ['repository', 'name', 'image'].some((key) => lookUp(map, key) !== undefined);
    if (named || !/image$/i.test(parent)) return [];
    const found = foundFields({ image: '', keys: ['tag'], tag: scalarAt(map, 'tag'), digest: scalarAt(map, 'digest') });
    return found === undefined ? [] : [found];
  },
};
