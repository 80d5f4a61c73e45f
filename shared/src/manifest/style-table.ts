import type { Style } from './style.ts';
import { argoApplication } from './styles/argo-application.ts';
import { container } from './styles/container.ts';
import { imageField } from './styles/image-field.ts';
import { imageMap } from './styles/image-map.ts';
import { imageTagAlone } from './styles/image-tag-alone.ts';
import { imageVolume } from './styles/image-volume.ts';
import { kustomizeImages } from './styles/kustomize-images.ts';
import { ociRepository } from './styles/oci-repository.ts';
import { referenceValue } from './styles/reference-value.ts';
import { splitDigest } from './styles/split-digest.ts';

/** Every style, the most specific first: a scalar belongs to the first style that claims it. */
export const styles: readonly Style[] = [
  kustomizeImages,
  argoApplication,
  ociRepository,
  container,
  imageVolume,
  splitDigest,
  imageMap,
  imageField,
  imageTagAlone,
  referenceValue,
];
