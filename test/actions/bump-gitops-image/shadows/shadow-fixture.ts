import { loadYaml } from '#shared/manifest/parse-manifest.ts';
import { planBump, scanFiles, selectTargets } from '../../../../actions/bump-gitops-image/src/plan-bump.ts';
import { pathMatcher } from '../../../../actions/bump-gitops-image/src/repository/plan-files.ts';
import { surroundingsOf } from '../../../../actions/bump-gitops-image/src/repository/source.ts';
import { findShadowed } from '../../../../actions/bump-gitops-image/src/shadows/plan-shadows.ts';
import { anywhere } from '../../../replay/replay-bump.ts';

/** What hides the bump of `acme/api` to v2 in the files that `changed` matches, as `file:line by file:line version (why)`. */
export async function shadowed(
  files: Readonly<Record<string, string>>,
  changed: readonly string[],
): Promise<readonly string[]> {
  const yaml = await loadYaml();
  const sources = Object.entries(files).map(([path, text]) => ({ path, text, mode: '100644' }));
  const isChanged = pathMatcher(changed);
  const scanned = scanFiles(
    yaml,
    sources.filter(({ path, text }) => isChanged(path) && text.includes('api')),
  );
  const targets = selectTargets(scanned, [{ image: 'acme/api', tag: 'v2', digest: undefined }], anywhere);
  const { changes, problems } = planBump(yaml, scanned, { targets, pinDigest: 'keep' });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join());
  const found = findShadowed(yaml, { changes, targets, surroundings: surroundingsOf(sources) });
  return found.map(
    ({ file, line, by, version, why }) => `${file}:${line} by ${by.file}:${by.line} ${version} (${why})`,
  );
}

/** A Deployment `api` with the image on line 10. */
export const deployment = (image = 'acme/api:v1', name = 'api') =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {tier: web}
spec:
  template:
    spec:
      containers:
      - image: ${image}
        name: app
`;
