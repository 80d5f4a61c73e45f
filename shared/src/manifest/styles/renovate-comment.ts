import { commentsAt, renovateImage } from '../find-comment.ts';
import { scalarsOf } from '../scalars-of.ts';
import { type Found, foundFields, isBareName, type Style } from '../style.ts';

/** Tags whose image a Renovate comment names, behind the value or on the line above. */
export const renovateComment: Style = {
  name: 'renovate-comment',
  family: 'any YAML or JSON',
  covers: '`# renovate: datasource=docker depName=NAME` or `# renovate: image=NAME` at any tag (`version: v1`)',
  digestPlace: 'nowhere',
  find: ({ text, map }) => {
    if (!text.includes('renovate:')) return [];
    return scalarsOf(map).flatMap(({ keys, key, scalar }): readonly Found[] => {
      if (scalar.value === '' || /(?:repo|repository|name|image|registry)$/i.test(key)) return [];
      const { behind, above } = commentsAt(text, scalar.span);
      const image = renovateImage(behind) ?? renovateImage(above.split('\n')[0] ?? '');
      if (image === undefined || !isBareName(image)) return [];
      const found = foundFields({ image, keys, tag: scalar, digest: undefined });
      return found === undefined ? [] : [found];
    });
  },
};
