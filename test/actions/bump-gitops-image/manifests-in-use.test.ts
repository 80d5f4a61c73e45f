import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import type { Selectors } from '../../../actions/bump-gitops-image/src/images/image-request.ts';
import { planBump, scanFiles, selectTargets } from '../../../actions/bump-gitops-image/src/plan-bump.ts';
import { anywhere } from '../../replay/replay-bump.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

const IMAGE = 'ghcr.io/acme/api';
const OLD = 'v1.4.0';
const NEW = 'v1.5.0';

/** `<tag>` in a manifest is where the tag stands; after the bump of `image` only these may differ. */
function expectBump(
  manifest: string,
  { image = IMAGE, path = 'app.yaml', ...selectors }: { image?: string; path?: string } & Partial<Selectors> = {},
): void {
  const text = manifest.replaceAll('<tag>', OLD);
  const chosen = { ...anywhere, ...selectors };
  const scanned = scanFiles(yaml, [{ path, text, mode: '100644' }], chosen.keyPaths);
  const targets = selectTargets(scanned, [{ image, tag: NEW, digest: undefined }], chosen);
  const plan = planBump(yaml, scanned, { targets, pinDigest: 'keep', keyPaths: chosen.keyPaths });
  expect(plan.problems).toEqual([]);
  expect(plan.files[0]?.after ?? text).toBe(manifest.replaceAll('<tag>', NEW));
}

describe('Helm values and HelmReleases', () => {
  test.each([
    ['repo and tag', 'api:\n  image:\n    repo: ghcr.io/acme/api\n    tag: <tag>\n'],
    ['a name with a tag', 'image:\n  name: ghcr.io/acme/api:<tag>\n'],
    ['a name and a version', 'image:\n  name: ghcr.io/acme/api\n  version: <tag>\n'],
    ['a repository and a version', 'apiImage:\n  repository: ghcr.io/acme/api\n  version: <tag>\n'],
    ['registry, repository, version', 'driver:\n  registry: ghcr.io\n  repository: acme/api\n  version: "<tag>"\n'],
    ['a registry with a path', 'image: {registry: ghcr.io/acme, repository: api, tag: <tag>}\n'],
    ['a repository below an image', 'driver:\n  repository: ghcr.io/acme\n  image: api\n  version: "<tag>"\n'],
    ['baseImage and version', 'thanos:\n  baseImage: ghcr.io/acme/api\n  version: <tag>\n'],
    ['baseImage and tag', 'spec:\n  baseImage: ghcr.io/acme/api\n  tag: <tag>\n  version: v9.9.9\n'],
    ['the name and its tag, flat', 'apiImage: ghcr.io/acme/api\napiImageTag: <tag>\nwebImageTag: v1.4.0\n'],
    ['a repository and a tag, flat', 'sidecarImageRepository: ghcr.io/acme/api\nsidecarImageTag: <tag>\n'],
    ['snake case', 'image_repository: ghcr.io/acme/api\nimage_tag: <tag>\n'],
    ['capitals', 'API_IMAGE_NAME: ghcr.io/acme/api\nAPI_IMAGE_VERSION: <tag>\n'],
    ['literal dots', 'image.repository: ghcr.io/acme/api\nimage.tag: <tag>\n'],
    ['a registry, flat', 'imageRegistry: ghcr.io\nimageRepository: acme/api\nimageTag: <tag>\n'],
    ['a map of references', 'images:\n  api: ghcr.io/acme/api:<tag>\n  web: ghcr.io/acme/web:v1.4.0\n'],
    [
      'a map of images',
      'images:\n  api: {repository: ghcr.io/acme/api, tag: <tag>}\n  web: {repository: ghcr.io/acme/web, tag: v1.4.0}\n',
    ],
    ['a reference under any key', 'kubectl: ghcr.io/acme/api:<tag>\n'],
    [
      'an umbrella chart',
      'api:\n  deployment:\n    image:\n      repository: ghcr.io/acme/api\n      tag: <tag>\nweb:\n  image:\n    repository: ghcr.io/acme/web\n    tag: v1.4.0\n',
    ],
    ['an empty sha key', 'image:\n  repository: ghcr.io/acme/api\n  tag: <tag>\n  sha: ""\n'],
    [
      "a HelmRelease's post-renderers",
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  postRenderers:\n  - kustomize:\n      images:\n      - name: upstream/api\n        newName: ghcr.io/acme/api\n        newTag: <tag>\n',
    ],
    ['a chart of an OCI registry', 'spec:\n  chart: oci://ghcr.io/acme/api:<tag>\n'],
    [
      'Jenkins',
      'controller:\n  image:\n    registry: docker.io\n    repository: jenkins/jenkins\n    tag: <tag>\n  sidecars:\n    configAutoReload:\n      image: {repository: jenkins/reload, tag: v1.4.0}\n',
      'jenkins/jenkins',
    ],
  ])('%s', (_, manifest, image = IMAGE) => expectBump(manifest, { image }));
});

describe('templates', () => {
  test.each([
    [
      'a workload between control lines',
      '{{- if .Values.on }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include "x.name" . }}\n  labels:\n    {{- include "x.labels" . | nindent 4 }}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: "ghcr.io/acme/api:<tag>"\n          args: [{{ .Values.a }}]\n        - image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n{{- end }}\n',
    ],
    [
      'values of helmfile',
      'image:\n  repository: ghcr.io/acme/api\n  tag: <tag>\n{{ if eq .Environment.Name "production" }}\nreplicas: 3\n{{ end }}\nhost: {{ .Environment.Name }}.example.test\n',
    ],
    [
      'both branches',
      'spec:\n  {{- if .a }}\n  image: ghcr.io/acme/api:<tag>\n  {{- else }}\n  image: ghcr.io/acme/api:<tag> # x\n  {{- end }}\n',
    ],
    [
      'a comment over several lines',
      '{{/*\nimage: ghcr.io/acme/api:v1.4.0\n*/}}\nimage: ghcr.io/acme/api:<tag>\nx: {{ .y }}\n',
    ],
    ['Jinja', '{% if on %}\nimage: ghcr.io/acme/api:<tag>\n{% endif %}\n{# image #}\nname: {{ name }}\n'],
    ['CRLF', '{{ if x }}\r\nimage: ghcr.io/acme/api:<tag>\r\n{{ end }}\r\n'],
    ['what is no YAML at all', '{{ if x }}\n\t- }} {\n"image": "ghcr.io/acme/api:<tag>",\n{{ end }}\n'],
  ])('%s', (_, manifest) => expectBump(manifest));

  test.each([
    ['a tag that is an expression', 'a: {{ x }}\nimage:\n  repository: ghcr.io/acme/api\n  tag: {{ .Values.tag }}\n'],
    ['a quoted one', 'image:\n  repository: ghcr.io/acme/api\n  tag: "{{ .Values.tag }}"\n'],
    ["Flux's substitution", 'image:\n  repository: ghcr.io/acme/api\n  tag: ${VERSION}\n'],
    ['a name with an expression in it', 'x: {{ y }}\nimage: ghcr.io/acme/api{{ .suffix }}:v1.4.0\n'],
    ['a tag with an expression in it', 'x: {{ y }}\nimage: ghcr.io/acme/api:v1.4.0{{ .suffix }}\n'],
  ])('never %s', (_, manifest) => expectBump(manifest));
});

describe('Argo CD', () => {
  const application = (spec: string, annotations = '') =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: api\n${annotations}spec:\n${spec}`;

  test.each([
    [
      'kustomize images',
      application(
        '  source:\n    kustomize:\n      images:\n      - ghcr.io/acme/api:<tag>\n      - api=ghcr.io/acme/api:<tag>\n      - ghcr.io/acme/web:v1.4.0\n',
      ),
    ],
    [
      'parameters',
      application(
        '  source:\n    helm:\n      parameters:\n      - name: web.image.tag\n        value: v1.4.0\n      - name: image.tag\n        value: <tag>\n      - name: image.repository\n        value: ghcr.io/acme/api\n',
      ),
    ],
    [
      'parameters by name and tag',
      application(
        '  sources:\n  - helm:\n      parameters:\n      - {name: image.name, value: ghcr.io/acme/api}\n      - {name: image.tag, value: <tag>, forceString: true}\n',
      ),
    ],
    [
      'a parameter that is a reference',
      application(
        '  source:\n    helm:\n      parameters:\n      - {name: sidecar, value: "ghcr.io/acme/api:<tag>"}\n',
      ),
    ],
    [
      'an ApplicationSet',
      'kind: ApplicationSet\napiVersion: argoproj.io/v1alpha1\nspec:\n  generators:\n  - list:\n      elements:\n      - {env: demo, image: "ghcr.io/acme/api:<tag>"}\n  template:\n    spec:\n      source:\n        helm:\n          valuesObject:\n            image: {repository: ghcr.io/acme/api, tag: <tag>}\n            other: "{{env}}"\n',
    ],
    [
      "Image Updater's parameters",
      application(
        '  source:\n    helm:\n      parameters:\n      - {name: app.version, value: <tag>}\n      valuesObject:\n        worker: {version: v1.4.0}\n',
        '  annotations:\n    argocd-image-updater.argoproj.io/image-list: api=ghcr.io/acme/api:1.x, web=ghcr.io/acme/web\n    argocd-image-updater.argoproj.io/api.helm.image-tag: app.version\n',
      ),
    ],
    [
      "Image Updater's values",
      application(
        '  source:\n    helm:\n      valuesObject:\n        worker: {version: <tag>}\n',
        '  annotations:\n    argocd-image-updater.argoproj.io/image-list: api=ghcr.io/acme/api\n    argocd-image-updater.argoproj.io/api.helm.image-tag: worker.version\n',
      ),
    ],
    [
      "Image Updater's rule stays",
      application(
        '  source:\n    helm:\n      valuesObject: {image: "ghcr.io/acme/api:<tag>"}\n',
        '  annotations:\n    argocd-image-updater.argoproj.io/image-list: ghcr.io/acme/api:v1.4.0\n',
      ),
    ],
  ])('%s', (_, manifest) => expectBump(manifest));

  test("Image Updater's files", () => {
    expectBump(
      'helm:\n  parameters:\n  - name: image.name\n    value: ghcr.io/acme/api\n    forcestring: true\n  - name: image.tag\n    value: <tag>\n    forcestring: true\nkustomize:\n  images:\n  - app=ghcr.io/acme/api:<tag>\n',
      { path: 'apps/api/.argocd-source-api.yaml' },
    );
  });

  test("Image Updater's aliases select", () => {
    const source =
      '  source:\n    helm:\n      parameters:\n      - {name: a, value: <tag>}\n      - {name: b, value: v1.4.0}\n';
    const annotations =
      '  annotations:\n    argocd-image-updater.argoproj.io/image-list: one=ghcr.io/acme/api,two=ghcr.io/acme/api\n    argocd-image-updater.argoproj.io/one.helm.image-tag: a\n    argocd-image-updater.argoproj.io/two.helm.image-tag: b\n';
    expectBump(application(source, annotations), { policies: ['one'] });
  });
});

describe('Flux', () => {
  test.each([
    [
      'the name and the tag',
      'spec:\n  appName: ghcr.io/acme/api # {"$imagepolicy": "flux-system:api:name"}\n  appVersion: <tag> # {"$imagepolicy": "flux-system:api:tag"}\n',
    ],
    ['a whole reference', 'spec:\n  app: ghcr.io/acme/api:<tag> # {"$imagepolicy": "flux-system:api"}\n'],
    [
      'an OCI repository',
      'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nspec:\n  url: oci://ghcr.io/acme/api\n  ref:\n    tag: <tag>\n',
    ],
  ])('%s', (_, manifest) => expectBump(manifest));

  test('a tag without a name, by its policy', () => {
    expectBump(
      'release: <tag> # {"$imagepolicy": "flux-system:api:tag"}\nother: v1.4.0 # {"$imagepolicy": "flux-system:web:tag"}\n',
      {
        policies: ['flux-system:api'],
      },
    );
  });
});

describe('kustomize', () => {
  test.each([
    [
      'a list in any order',
      'images:\n- newTag: <tag>\n  name: ghcr.io/acme/api\n- newTag: v1.4.0\n  name: ghcr.io/acme/web\n',
    ],
    [
      'a component',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n- name: api\n  newName: ghcr.io/acme/api\n  newTag: <tag>\n',
    ],
    [
      'a transformer',
      'apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: x}\nimageTag:\n  name: ghcr.io/acme/api\n  newTag: <tag>\n',
    ],
    [
      'literals',
      'kind: Kustomization\nconfigMapGenerator:\n- name: x\n  literals:\n  - WEB=ghcr.io/acme/web:v1.4.0\n  - API=ghcr.io/acme/api:<tag>\n',
    ],
    [
      'values inline',
      'helmCharts:\n- name: api\n  version: 1.2.3\n  valuesInline:\n    image: {repository: ghcr.io/acme/api, tag: <tag>}\n',
    ],
    [
      'a patch',
      'kind: Kustomization\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: test\n      path: /spec/template/spec/containers/0/image\n      value: ghcr.io/acme/api:v1.4.0\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: ghcr.io/acme/api:<tag>\n',
    ],
  ])('%s', (_, manifest) => expectBump(manifest, { path: 'kustomization.yaml' }));
});

describe('custom resources and other tools', () => {
  test.each([
    [
      'Tekton',
      'apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  params:\n  - {name: builder, default: "ghcr.io/acme/api:<tag>"}\n  steps:\n  - name: x\n    image: ghcr.io/acme/api:<tag>\n  sidecars:\n  - image: ghcr.io/acme/api:<tag>\n',
    ],
    [
      'a bundle of Tekton',
      'taskRef:\n  resolver: bundles\n  params:\n  - name: bundle\n    value: ghcr.io/acme/api:<tag>\n  - name: name\n    value: api\n',
    ],
    [
      'arguments',
      'containers:\n- image: ghcr.io/acme/operator:v1.4.0\n  args:\n  - --reloader=ghcr.io/acme/api:<tag>\n  - -git-image\n  - ghcr.io/acme/api:<tag>\n  - --other=ghcr.io/acme/api-worker:v1.4.0\n',
    ],
    ['a folded line', 'image: >-\n  ghcr.io/acme/api:<tag>\nother: |\n  ghcr.io/acme/web:v1.4.0\n'],
    [
      'JSON on one line',
      'a: |-\n  [{"op": "replace", "path": "/spec/image", "value": "ghcr.io/acme/api:<tag>"}]\nb: \'{"image": "ghcr.io/acme/api:<tag>"}\'\n',
    ],
    ['relatedImages', 'relatedImages:\n- name: api\n  image: ghcr.io/acme/api:<tag>\n'],
    [
      'a ConfigMap',
      'kind: ConfigMap\ndata:\n  REF: ghcr.io/acme/api:<tag>\n  config.json: |\n    {\n      "sidecar": {\n        "image": "ghcr.io/acme/api:<tag>",\n        "port": 80\n      }\n    }\n',
    ],
    [
      'compose',
      "services:\n  api:\n    image: 'ghcr.io/acme/api:<tag>'\n    environment:\n    - WORKER=ghcr.io/acme/api:<tag>\n    - X=1\n",
    ],
    [
      'GitLab',
      'build:\n  image:\n    name: ghcr.io/acme/api:<tag>\n    entrypoint: [""]\n  services:\n  - ghcr.io/acme/api:<tag>\n',
    ],
    [
      'a workflow',
      'jobs:\n  test:\n    container: ghcr.io/acme/api:<tag>\n    steps:\n    - uses: docker://ghcr.io/acme/api:<tag>\n',
    ],
    [
      'Knative',
      'apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n      - image: ghcr.io/acme/api:<tag>\n',
    ],
    [
      'env in parts',
      'env:\n- name: WORKER_IMAGE_REPOSITORY\n  value: ghcr.io/acme/api\n- name: WORKER_IMAGE_TAG\n  value: <tag>\n- name: OTHER_TAG\n  value: v1.4.0\n',
    ],
    [
      'a Renovate comment above',
      'prometheus:\n  # renovate: datasource=docker depName=ghcr.io/acme/api versioning=docker\n  version: "<tag>"\n  other: v1.4.0\n',
    ],
    [
      'a Renovate comment behind',
      'version: <tag> # renovate: datasource=docker depName=api packageName=ghcr.io/acme/api\n',
    ],
    [
      'a Renovate comment for a chart',
      'apiVersion: v2\nname: api\nversion: 1.4.0\n# renovate: image=ghcr.io/acme/api\nappVersion: <tag>\n',
    ],
    ['names as keys', '{\n  "ghcr.io/acme/api": "<tag>",\n  "ghcr.io/acme/web": "v1.4.0"\n}\n'],
  ])('%s', (_, manifest) => expectBump(manifest, { path: 'deploy/versions.json' }));
});

describe('never', () => {
  test.each([
    ['a version beside a chart', 'repository: ghcr.io/acme/api\nchart: api\nversion: v1.4.0\n'],
    [
      'a version beside a whole name without tag',
      'kind: Prometheus\nspec:\n  image: ghcr.io/acme/api:v0\n  version: v1.4.0\n'.replace(':v0', ''),
    ],
    [
      "kubectl's copy of an object",
      'metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"spec": {"containers": [{"image": "ghcr.io/acme/api:v1.4.0"}]}}\n',
    ],
    ['an address', 'data:\n  "9000": "acme/api:9000"\n  A: acme/api:http\n', 'acme/api'],
    ['the image that Flux watches', 'apiVersion: x\nkind: ImageRepository\nspec:\n  image: ghcr.io/acme/api\n'],
    [
      "a rule of Image Updater's custom resource",
      'apiVersion: argocd-image-updater.argoproj.io/v1alpha1\nkind: ImageUpdater\nspec:\n  applicationRefs:\n  - images:\n    - {alias: api, imageName: "ghcr.io/acme/api:v1.4.0"}\n',
    ],
    [
      'a tag that Renovate rewrites',
      '# renovate: datasource=docker depName=ghcr.io/acme/api extractVersion=^v(?<version>.*)$\nversion: v1.4.0\n',
    ],
    ["another source's version", '# renovate: datasource=github-releases depName=ghcr.io/acme/api\nversion: v1.4.0\n'],
    ['the line after the next', '# renovate: datasource=docker depName=ghcr.io/acme/api\nname: x\nversion: v1.4.0\n'],
    ['a shell command', 'run: docker pull ghcr.io/acme/api:v1.4.0 && true\n'],
    ['a tag of a neighbour', 'apiImage: ghcr.io/acme/api\nwebImageTag: v1.4.0\n'],
    [
      'a parameter that stands twice',
      'parameters:\n- {name: image.repository, value: ghcr.io/acme/api}\n- {name: image.tag, value: v1.4.0}\n- {name: image.tag, value: v1.4.0}\n',
    ],
  ])('%s', (_, manifest, image = IMAGE) => {
    const text = manifest;
    const scanned = scanFiles(yaml, [{ path: 'app.yaml', text, mode: '100644' }]);
    const targets = selectTargets(scanned, [{ image, tag: NEW, digest: undefined }], anywhere);
    const plan = planBump(yaml, scanned, { targets, pinDigest: 'keep' });
    expect(plan.files[0]?.after.includes('v1.5.0') ?? false).toBe(manifest.includes('kind: Prometheus'));
    if (!manifest.includes('kind: Prometheus')) expect(plan.changes).toEqual([]);
  });
});
