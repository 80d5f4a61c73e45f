/** What a shape is filled with. */
export interface Filling {
  readonly name: string;
  /** `tag` or `tag@digest`, as it stands behind a name. */
  readonly version: string;
  /** Around references and names: nothing, `'` or `"`. */
  readonly quote: string;
  /** The version as a scalar of its own, with quotes where it needs them. */
  readonly scalar: string;
  /** Behind a value, to the end of the line. */
  readonly comment: string;
}

/** A document around one image. */
export interface Shape {
  readonly text: (filling: Filling) => string;
  /** `reference`: the version stands behind the name; `pair`: alone, and takes a digest; `tag`: alone, and takes none. */
  readonly holds: 'reference' | 'pair' | 'tag';
}

const reference = (text: (scalar: string, comment: string) => string): Shape => ({
  holds: 'reference',
  text: ({ name, version, quote, comment }) => text(`${quote}${name}:${version}${quote}`, comment),
});

const pair = (text: (filling: Filling) => string): Shape => ({ holds: 'pair', text });

const tag = (text: (filling: Filling) => string): Shape => ({ holds: 'tag', text });

const application = (spec: string, annotations = '') =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: x\n${annotations}spec:\n${spec}`;

/** For each style of the table that needs no selector: documents that it understands. The wanted text is known without any parser. */
export const shapes: Readonly<Record<string, readonly Shape[]>> = {
  container: [
    reference(
      (r, c) =>
        `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: x\n          image: ${r}${c}\n          env: []\n`,
    ),
    reference(
      (r, c) =>
        `apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {initContainers: [{image: ${r}}]}}}}}${c}\n`,
    ),
    reference(
      (r, c) =>
        `kind: Kustomization\npatches:\n- patch: |-\n    kind: Deployment\n    spec:\n      containers:\n      - image: ${r}${c}\n`,
    ),
  ],
  'image-volume': [
    reference((r, c) => `kind: Pod\nspec:\n  volumes:\n  - name: v\n    image:\n      reference: ${r}${c}\n`),
  ],
  'kustomize-images': [
    tag(
      ({ name, scalar, comment: c }) =>
        `kind: Kustomization\nimages:\n- name: app\n  newName: ${name}${c}\n  newTag: ${scalar}${c}\n`,
    ),
    tag(
      ({ name, scalar, comment: c }) =>
        `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  images:\n  - newTag: ${scalar}${c}\n    name: ${name}\n`,
    ),
  ],
  'argo-application': [
    reference((r, c) =>
      application(`  source:\n    kustomize:\n      images:\n      - ${r.replace(/^(["']?)/, '$1app=')}${c}\n`),
    ),
    reference((r, c) => application(`  source:\n    kustomize:\n      images:\n      - ${r}${c}\n`)),
  ],
  'argo-image-updater': [
    tag(({ name, scalar, comment: c }) =>
      application(
        `  source:\n    helm:\n      valuesObject:\n        x: {y: ${scalar}}${c}\n        z: v1\n`,
        `  annotations:\n    argocd-image-updater.argoproj.io/image-list: a=${name}:1.x\n    argocd-image-updater.argoproj.io/a.helm.image-tag: x.y\n`,
      ),
    ),
  ],
  'named-parameters': [
    tag(({ name, quote: q, scalar, comment: c }) =>
      application(
        `  source:\n    helm:\n      parameters:\n      - {name: web.image.tag, value: v1}\n      - name: image.tag\n        value: ${scalar}${c}\n      - name: image.repository\n        value: ${q}${name}${q}${c}\n`,
      ),
    ),
    tag(
      ({ name, scalar }) =>
        `env:\n- {name: X_IMAGE_NAME, value: ${name}}\n- {name: X_IMAGE_TAG, value: ${scalar}}\n- {name: Y_TAG, value: v1}\n`,
    ),
  ],
  'oci-repository': [
    tag(
      ({ name, scalar, comment: c }) =>
        `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nspec:\n  url: oci://${name}${c}\n  ref:\n    tag: ${scalar}${c}\n`,
    ),
  ],
  'split-digest': [],
  'image-map': [
    pair(
      ({ name, quote: q, scalar, comment: c }) =>
        `web:\n  image:\n    # the name\n    repository: ${q}${name}${q}${c}\n    tag: ${scalar}${c}\n    pullPolicy: Always\n`,
    ),
    pair(
      ({ name, scalar, comment: c }) =>
        `kind: Application\nspec:\n  source:\n    helm:\n      values: |\n        image:\n          repository: ${name}${c}\n          tag: ${scalar}${c}\n`,
    ),
    pair(({ name, scalar, comment: c }) => `thanos:\n  baseImage: ${name}\n  version: ${scalar}${c}\n`),
    pair(
      ({ name, scalar }) =>
        `a: {registry: "${name.split('/')[0]}", repository: ${name.split('/').slice(1).join('/')}, tag: ${scalar}}\n`,
    ),
    pair(
      ({ name, scalar, comment: c }) =>
        `x-tag: &tag ${scalar}${c}\na: {repository: ${name}, tag: *tag}\nb:\n  image: ${name}\n  tag: *tag\n`,
    ),
    pair(
      ({ name, scalar, comment: c }) =>
        `d: &d\n  repository: ${name}\n  tag: ${scalar}${c}\nimage:\n  <<: *d\n  pullPolicy: Always\n`,
    ),
  ],
  'prefixed-keys': [
    pair(
      ({ name, quote: q, scalar, comment: c }) =>
        `apiImage: ${q}${name}${q}${c}\napiImageTag: ${scalar}${c}\nwebImageTag: v1\n`,
    ),
    pair(({ name, scalar, comment: c }) => `image_repository: ${name}\nimage_tag: ${scalar}${c}\ntag: v1\n`),
  ],
  'image-field': [
    reference((r, c) => `spec:\n  image: >-\n    ${r.replace(/["']/g, '')}\n  x: 1${c}\n`),
    reference((r, c) => `x: &anchor\n  SIDECAR_IMAGE: ${r}${c}\ny: *anchor\n`),
    reference((r, c) => `services:\n  x:\n    image: ${r}${c}\n    ports: ["80:80"]\n`),
    reference((r, c) => `images:\n  - ${r}${c}\n  - other/image:v1\n`),
  ],
  'name-as-key': [
    tag(({ name, scalar, comment: c }) => `images:\n  ${name}: ${scalar}${c}\n  ghcr.io/acme/other: v1\n`),
  ],
  'renovate-comment': [
    tag(
      ({ name, scalar }) => `a:\n  # renovate: datasource=docker depName=${name}\n  version: ${scalar}\n  other: v1\n`,
    ),
    tag(({ name, scalar }) => `version: ${scalar} # renovate: image=${name}\nnext: v1\n`),
  ],
  'flux-marker': [
    tag(
      ({ name, scalar }) =>
        `app: ${name} # {"$imagepolicy": "n:p:name"}\nrelease: ${scalar} # {"$imagepolicy": "n:p:tag"}\nother: v1 # {"$imagepolicy": "n:q:tag"}\n`,
    ),
  ],
  'reference-value': [
    reference((r, c) => `env:\n- name: A_IMAGE\n  value: ${r}${c}\n`),
    reference((r, c) => `- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: ${r}${c}\n`),
    {
      holds: 'reference',
      text: ({ name, version, quote: q, comment: c }) =>
        `args:\n- ${q}--sidecar-image=${name}:${version}${q}${c}\n- --port=80\n`,
    },
  ],
};

/** The same for files that are no YAML, by their path. */
export const lineShapes: Readonly<Record<string, readonly Shape[]>> = {
  'app.env': [
    {
      holds: 'reference',
      text: ({ name, version, quote: q, comment: c }) => `APP_IMAGE=${q}${name}:${version}${q}${c}\n`,
    },
    tag(
      ({ name, version, quote: q }) =>
        `# renovate: datasource=docker depName=${name}\nAPP_VERSION=${q}${version}${q}\nOTHER=v1 # not ${name}:v0\n`,
    ),
  ],
  'main.tf': [reference((r, c) => `module "x" {\n  image = ${r}${c}\n  count = 1\n}\n`)],
  'x.jsonnet': [reference((r) => `{\n  x: {\n    image: ${r},\n  },\n}\n`)],
};

/** Names that have much in common with `ghcr.io/acme/api` and mean other images. */
export const nearNames: readonly string[] = [
  ...['ghcr.io/acme/api-worker', 'ghcr.io/acme/ap', 'ghcr.io/acme/apis', 'ghcr.io/acme/api2', 'ghcr.io/acme/2api'],
  ...['ghcr.io/acme/api/v2', 'ghcr.io/acme/api/api', 'ghcr.io/acme/api.x', 'ghcr.io/acme/api_x', 'ghcr.io/acme/api__x'],
  ...[
    'ghcr.io/acme/x-api',
    'ghcr.io/acme/x.api',
    'ghcr.io/acme/web/api',
    'ghcr.io/acme',
    'ghcr.io/api',
    'ghcr.io/api/acme',
  ],
  ...[
    'ghcr.io/acme-api/api',
    'ghcr.io/acme/ap-i',
    'ghcr.io/acm/eapi',
    'ghcr.io/other/api',
    'ghcr.io/acmee/api',
    'ghcr.io/xacme/api',
  ],
  ...[
    'ghcr.io/acme.io/api',
    'ghcr.io:443/acme/api',
    'ghcr.io:5000/acme/api',
    'xghcr.io/acme/api',
    'x.ghcr.io/acme/api',
  ],
  ...[
    'ghcr.io.example/acme/api',
    'gcr.io/acme/api',
    'quay.io/acme/api',
    'docker.io/acme/api',
    'acme/api',
    'localhost/acme/api',
  ],
  ...['localhost:5000/acme/api', 'localhost:5000/ghcr.io/acme/api', 'ghcr.io/ghcr.io/acme/api', 'ghcr.io/acme/apiapi'],
];
