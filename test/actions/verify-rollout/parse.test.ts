import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePullError } from '../../../actions/verify-rollout/src/causes/parse-pull-error.ts';
import { isPermanentRefusal, parseRefusal } from '../../../actions/verify-rollout/src/causes/parse-refusal.ts';
import {
  digestOfImageId,
  hasVersion,
  isSameRepository,
  parseImage,
} from '../../../actions/verify-rollout/src/cluster/parse-image.ts';
import { doubtAbout } from '../../../actions/verify-rollout/src/deploy/parse-deploy.ts';
import { renderDuration, renderGantt } from '../../../actions/verify-rollout/src/render-summary.ts';
import { parseLogExcerpt } from '../../../actions/verify-rollout/src/report/parse-log-excerpt.ts';
import { planCausesTold } from '../../../actions/verify-rollout/src/report/plan-causes-told.ts';
import { planLeadTime } from '../../../actions/verify-rollout/src/report/plan-lead-time.ts';
import {
  isExpectedVersion,
  parseVersionAnswer,
} from '../../../actions/verify-rollout/src/verdict/parse-version-answer.ts';
import { inventoryOf, parseSelector } from '../../../actions/verify-rollout/src/workloads/plan-targets.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('images as clusters hold them', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx'],
    ['docker.io/nginx:1', 'docker.io/library/nginx'],
    ['index.docker.io/acme/web:1', 'docker.io/acme/web'],
    ['acme/web:1.0', 'docker.io/acme/web'],
    ['localhost:5000/web', 'localhost:5000/web'],
    ['r.example:5000/web:1@sha256:00', 'r.example:5000/web'],
  ])('%s is of %s', (reference, repository) => {
    expect(parseImage(reference).repository).toBe(repository);
  });

  test('short and long names of Docker Hub mean the same', () => {
    expect(isSameRepository('acme/web:1', 'docker.io/acme/web')).toBe(true);
    expect(isSameRepository('acme/web:1', 'docker.io/acme/website')).toBe(false);
  });

  test.each([
    ['r/web:1.1', { tag: '1.1', digest: '' }, true],
    ['r/web:1.0', { tag: '1.1', digest: '' }, false],
    [`r/web:1.0@${digest}`, { tag: '1.1', digest }, true],
    [`r/web@sha256:${'b'.repeat(64)}`, { tag: '1.1', digest }, false],
    ['r/web', { tag: '1.1', digest: '' }, false],
  ])('%s against %j', (reference, expected, same) => {
    expect(hasVersion(reference, { repository: 'r/web', ...expected })).toBe(same);
  });

  test('the digest is found in every form of an imageID', () => {
    expect(
      ['', `sha256:${'a'.repeat(64)}`, `docker-pullable://r/web@${digest}`, `r/web@${digest}`].map(digestOfImageId),
    ).toEqual(['', digest, digest, digest]);
  });

  test('no reference makes it throw', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseImage(text).repository === 'string'));
  });
});

describe('a deploy marker is believed only', () => {
  const pull = {
    authorLogin: 'bot[bot]',
    authorId: 7,
    headRepository: 'acme/gitops',
    baseRepository: 'acme/gitops',
    isMerged: true,
  };
  test.each([
    ['from the configured login', pull, 'Bot[bot]', undefined],
    ['or id', pull, '7', undefined],
    ['not from others', pull, 'mallory', 'its author is bot[bot], not mallory'],
    ['not from a fork', { ...pull, headRepository: 'mallory/gitops' }, '7', 'its head is in mallory/gitops'],
    ['not from a deleted fork', { ...pull, headRepository: undefined }, '7', 'its head is in a deleted fork'],
    ['not before the merge', { ...pull, isMerged: false }, '7', 'the pull request is not merged'],
    ['not when nobody is configured', pull, '', 'deploy-author is not set, so nobody is trusted'],
  ])('%s', (_, facts, author, doubt) => {
    expect(doubtAbout(facts, author)).toBe(doubt);
  });
});

describe('the version that a service tells', () => {
  test.each([
    ['1.2.3\n', '', '1.2.3'],
    ['"1.2.3"', '', '1.2.3'],
    ['{"version":"1.2.3"}', '', '1.2.3'],
    ['{"build":{"version":"1.2.3"}}', 'build.version', '1.2.3'],
    ['{"build":{"version":"1.2.3"}}', '$.build.version', '1.2.3'],
    ['{"a/b":["x",{"v":2}]}', '/a~1b/1/v', '2'],
    ['{"items":[{"v":"1"}]}', 'items[0].v', '1'],
    ['{"build":{}}', 'build.version', undefined],
    ['{"build":null}', 'build.version', undefined],
    ['<html>', 'version', undefined],
    ['', '', undefined],
    ['{"__proto__":1}', 'constructor.name', undefined],
  ])('%s at %s', (body, path, version) => {
    expect(parseVersionAnswer(body, path)).toBe(version);
  });

  test('may have a leading v or not', () => {
    expect([
      isExpectedVersion('v1.2.3', '1.2.3'),
      isExpectedVersion('1.2.3', 'v1.2.3'),
      isExpectedVersion('1.2.30', '1.2.3'),
      isExpectedVersion(undefined, '1'),
    ]).toEqual([true, true, false, false]);
  });
});

describe('log excerpts', () => {
  test.each([
    ['token=abcdefgh', 'token=***'],
    ['Authorization: Bearer abc.def.ghi', 'Authorization: Bearer ***'],
    ['"password": "hunter2"', '"password": "***"'],
    ['postgres://app:s3cret@db/shop', 'postgres://app:***@db/shop'],
    [`using ghp_${'x'.repeat(36)}`, 'using ***'],
    [`jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc`, 'jwt ***'],
    ['given-to-this-run!', '***!'],
    ['exit 1: cannot open file', 'exit 1: cannot open file'],
  ])('%s', (line, masked) => {
    expect(parseLogExcerpt(line, { lines: 5, known: ['given-to-this-run'] })).toEqual([masked]);
  });

  test('keep the last lines', () => {
    expect(parseLogExcerpt('a\nb\nc\n', { lines: 2, known: [] })).toEqual(['b', 'c']);
  });
});

describe('pull errors', () => {
  test('are judged by the error, not by words in the image name', () => {
    expect(
      parsePullError('failed to pull image "r/not-found-denied:x509": r/not-found-denied:x509: i/o timeout'),
    ).toEqual({ class: 'PullUnavailable', permanent: false });
  });

  // Texts of containerd, CRI-O and dockerd, by what decides in them.
  test.each([
    [
      'failed to resolve reference "r/web:1": failed to do request: Head "https://r/v2/": net/http: TLS handshake timeout',
      'PullUnavailable',
      false,
    ],
    [
      'failed to resolve reference "r/web:1": failed to do request: Head "https://r/v2/": dial tcp 10.0.0.1:443: connect: connection timed out',
      'PullUnavailable',
      false,
    ],
    [
      'failed to resolve reference "r/web:1": failed to do request: Head "https://r/v2/": dial tcp: lookup r on 10.96.0.10:53: no such host',
      'PullUnavailable',
      false,
    ],
    ['failed to extract layer sha256:00: mkdir /var/lib/containerd/tmp: permission denied', 'PullUnavailable', false],
    [
      'failed to resolve reference "r/web:1": unexpected status from HEAD request to https://r/v2/web/manifests/1.0.403: 500 Internal Server Error',
      'PullUnavailable',
      false,
    ],
    ['pull QPS exceeded', 'PullRateLimited', false],
    ['toomanyrequests: Rate exceeded', 'PullRateLimited', false],
    [
      'failed to do request: Head "https://localhost:5000/v2/": http: server gave HTTP response to HTTPS client',
      'RegistryCertificate',
      true,
    ],
    [
      'initializing source docker://quay.io/acme/geofence:1: reading manifest 1 in quay.io/acme/geofence: manifest unknown',
      'ImageNotFound',
      true,
    ],
    [
      'Error response from daemon: manifest for acme/denied:1.0 not found: manifest unknown: manifest unknown',
      'ImageNotFound',
      true,
    ],
    ['unexpected status from HEAD request to https://r/v2/web/manifests/1.0.403: 404 Not Found', 'ImageNotFound', true],
    ['MANIFEST_UNKNOWN: Failed to fetch "1.0"', 'ImageNotFound', true],
    [
      'choosing image instance: no image found in image index for architecture "arm64", variant "v8", OS "linux"',
      'ImagePlatformMismatch',
      true,
    ],
    ['short name mode is enforcing, but image name web:1 returns ambiguous list', 'InvalidImageName', true],
    ['failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized', 'PullAccessDenied', true],
    [
      'denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "x" (or it may not exist)',
      'PullAccessDenied',
      true,
    ],
    ['Source image rejected: A signature was required, but no signature exists', 'ImageSignature', true],
  ])('%s', (message, kind, permanent) => {
    expect(parsePullError(message)).toEqual({ class: kind, permanent });
  });

  test('an empty message and a bare back-off say nothing', () => {
    expect([parsePullError(''), parsePullError('Back-off pulling image "r/web:1"')]).toEqual([undefined, undefined]);
  });
});

describe('refused pods', () => {
  test.each([
    [
      'pods "web-x" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [high]}]',
      'QuotaExceeded',
    ],
    ['pods "web-x" is forbidden: status unknown for quota: pods, resources: pods', 'PodNotCreated'],
    [
      'pods "web-x" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.0',
      'LimitRangeViolated',
    ],
    [
      'pods "web-x" is forbidden: unable to validate against any security context constraint: [fsGroup: Invalid value: 1]',
      'PodSecurityViolation',
    ],
    ['admission webhook "validation.gatekeeper.sh" denied the request: [team] no label', 'AdmissionDenied'],
    [
      'Internal error occurred: failed calling webhook "mutate.kyverno.svc": context deadline exceeded',
      'WebhookUnavailable',
    ],
    ['pods "web-x" is forbidden: no PriorityClass with name high was found', 'PodForbidden'],
  ])('%s', (message, kind) => {
    expect(parseRefusal(message)).toBe(kind);
  });

  test('what GitOps applies is refused for good, whatever its objects are called', () => {
    expect([
      isPermanentRefusal('Deployment.apps "timeout" is invalid: spec.selector: field is immutable'),
      isPermanentRefusal('no matches for kind "Certificate" in version "cert-manager.io/v1"'),
      isPermanentRefusal('failed calling webhook "is invalid": connection refused'),
    ]).toEqual([true, false, false]);
  });
});

describe('the workloads to verify', () => {
  test.each([
    ['app=web', true],
    ['app==web,tier!=db', true],
    ['app in (api, web)', true],
    ['app notin (web)', false],
    ['app,!canary', true],
    ['canary', false],
  ])('selector %s', (selector, matches) => {
    expect(parseSelector(selector)({ app: 'web', tier: 'front' })).toBe(matches);
  });

  test('come from the inventory of Flux and the resources of Argo CD, in the namespace only', () => {
    const flux = {
      metadata: { name: 'apps' },
      status: {
        inventory: {
          entries: [
            { id: 'shop_web_apps_Deployment' },
            { id: 'shop_web__Service' },
            { id: 'other_db_apps_StatefulSet' },
          ],
        },
      },
    };
    const argo = {
      metadata: { name: 'apps' },
      status: {
        resources: [
          { kind: 'StatefulSet', name: 'db', namespace: 'shop' },
          { kind: 'Service', name: 'db', namespace: 'shop' },
        ],
      },
    };
    expect([inventoryOf(flux, 'shop'), inventoryOf(argo, 'shop')]).toEqual([
      [{ kind: 'deployment', name: 'web' }],
      [{ kind: 'statefulset', name: 'db' }],
    ]);
  });
});

describe('what is told', () => {
  test('the last words of a container hold no secret, and an URL in a command is safe for a shell', () => {
    const cause = { object: 'pod/web', objects: [], reason: 'r', evidence: 'Error: token=abcdefgh' };
    const causes = (['CrashLoopBackOff', 'VersionMismatch'] as const).map((kind) => ({ class: kind, ...cause }));
    const told = planCausesTold(causes, { namespace: 'shop', url: "https://r/?a=1&b='", logs: [], known: [] });
    expect([told[0]?.evidence, told[1]?.command]).toEqual(['Error: token=***', "curl -sS 'https://r/?a=1&b=%27'"]);
  });

  test('lead time has the stages that are known, and their distance', () => {
    expect(planLeadTime({ commit: 0, merged: 60_000, verified: 90_000 })).toMatchObject({
      stages: [
        { stage: 'commit', secondsSincePrevious: 0 },
        { stage: 'merged', secondsSincePrevious: 60 },
        { stage: 'verified', secondsSincePrevious: 30 },
      ],
      totalSeconds: 90,
    });
    expect(planLeadTime({ verified: 1 })).toBeUndefined();
  });

  test('a gantt holds nothing that Mermaid or Markdown reads as syntax', () => {
    const gantt = renderGantt([{ section: 'a:b;#', label: '``` :crit, 0', start: 0, end: 5000, state: 'done' }]);
    const lines = gantt.split('\n').slice(5, -1);
    expect(lines).toEqual(['  section a b  ', expect.stringMatching(/^ +crit {2}0 :done, 0, 5000$/)]);
  });

  test.each([
    [0, '0s'],
    [59.6, '1m'],
    [3725, '1h 2m 5s'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(renderDuration(seconds)).toBe(text);
  });
});
