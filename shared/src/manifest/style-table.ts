import type { Style } from './style.ts';
import { argoApplication } from './styles/argo-application.ts';
import { argoImageUpdater } from './styles/argo-image-updater.ts';
import { chartAppVersion } from './styles/chart-app-version.ts';
import { container } from './styles/container.ts';
import { fluxMarker } from './styles/flux-marker.ts';
import { imageField } from './styles/image-field.ts';
import { imageMap } from './styles/image-map.ts';
import { imageTagAlone } from './styles/image-tag-alone.ts';
import { imageVolume } from './styles/image-volume.ts';
import { kustomizeImages } from './styles/kustomize-images.ts';
import { nameAsKey } from './styles/name-as-key.ts';
import { namedParameters } from './styles/named-parameters.ts';
import { ociRepository } from './styles/oci-repository.ts';
import { prefixedKeys } from './styles/prefixed-keys.ts';
import { referenceValue } from './styles/reference-value.ts';
import { renovateComment } from './styles/renovate-comment.ts';
import { splitDigest } from './styles/split-digest.ts';

/** Every style, the most specific first: a scalar belongs to the first style that claims it. */
export const styles: readonly Style[] = [
  kustomizeImages,
  argoApplication,
  argoImageUpdater,
  namedParameters,
  ociRepository,
  container,
  imageVolume,
  splitDigest,
  imageMap,
  prefixedKeys,
  imageField,
  nameAsKey,
  renovateComment,
  fluxMarker,
  referenceValue,
  imageTagAlone,
  chartAppVersion,
];
