import { scalarAt } from '../manifest-node.ts';
import { foundFields, type Style } from '../style.ts';

/** The `appVersion` of a Helm chart, which is the default tag of its image; https://helm.sh/docs/topics/charts/#the-appversion-field */
export const chartAppVersion: Style = {
  name: 'chart-app-version',
  family: 'by selectors only',
  covers: '`appVersion` of `Chart.yaml`; `app-version: true` or `key-paths`',
  digestPlace: 'nowhere',
  find: ({ path, keys, map }) => {
    if (keys.length > 0 || !/(?:^|\/)Chart\.ya?ml$/.test(path)) return [];
    const found = foundFields({ image: '', keys: ['appVersion'], tag: scalarAt(map, 'appVersion'), digest: undefined });
    return found === undefined ? [] : [found];
  },
};
