import { describe, expect, test } from '@jest/globals';
import { findInLines } from '#shared/manifest/find-in-lines.ts';

/** What stands in a file that is no YAML: `name` and what its slot covers. */
function found(text: string, path: string, keyPaths: string[] = []) {
  return findInLines(text, path, keyPaths).map(({ image, slots, line }) => [
    image,
    ...slots.map(({ span }) => text.slice(span.start, span.end)),
    line,
  ]);
}

describe('references', () => {
  test.each<[string, string, unknown[]]>([
    [
      '.env',
      '# API_IMAGE=a/b:v0\nexport API_IMAGE=a/b:v1 # why\nREDIS=redis:6379\nREF="ghcr.io/a/b:v2"\n',
      [
        ['a/b', ':v1', 2],
        ['ghcr.io/a/b', ':v2', 4],
      ],
    ],
    [
      'main.tf',
      'module "api" {\n  image = "a/b:v1" // x\n  url   = "https://a/b:v1"\n  other_image = local.image\n}\n',
      [['a/b', ':v1', 2]],
    ],
    [
      'x.libsonnet',
      "{\n  _images+:: {\n    api: 'ghcr.io/a/b:v1',\n  },\n  // image: 'a/b:v0',\n  /* image: 'a/b:v0' */\n  image:: 'a/b:v1',\n}\n",
      [
        ['ghcr.io/a/b', ':v1', 3],
        ['a/b', ':v1', 7],
      ],
    ],
    ['x.cue', 'container: image: "a/b:v1"\nimages: [_]\n', [['a/b', ':v1', 1]]],
    ['x.toml', '[api]\nimage = "a/b:v1"\n', [['a/b', ':v1', 2]]],
    [
      'x.properties',
      'api.image=a/b:v1\r\nother.image: a/b:v2\r\n',
      [
        ['a/b', ':v1', 1],
        ['a/b', ':v2', 2],
      ],
    ],
  ])('%s', (path, text, expected) => {
    expect(found(text, path)).toEqual(expected);
  });

  test.each([
    ['text over several lines', 'x = <<EOT\nimage = "a/b:v1"\nEOT\n'],
    ['a comment over several lines', '/*\nimage = "a/b:v1"\n*/\n'],
    ['an expression', 'image = "a/b:${var.tag}"\nimage = a.b\n'],
    ['two pairs on a line', 'x = { image = "a/b:v1", tag = "v1" }\n'],
    ['a call', 'image = f("a/b:v1")\n'],
  ])('never %s', (_, text) => {
    expect(found(text, 'main.tf')).toEqual([]);
  });
});

describe('tags', () => {
  const hcl =
    'locals {\n  api = {\n    tag = "v1"\n  }\n  web = {\n    tag = "v2"\n  }\n}\nresource "x" "y" {\n  tag = "v3"\n  size = var.size\n  version = local.tag\n}\n';

  test.each([
    ['locals.api.tag', 'v1'],
    ['locals.web.tag', 'v2'],
    ['resource.x.y.tag', 'v3'],
  ])('at %s', (path, tag) => {
    expect(found(hcl, 'main.tf', [path])).toEqual([['', tag, expect.any(Number)]]);
  });

  test('never where an expression stands', () => {
    expect(found(hcl, 'main.tf', ['resource.x.y.version', 'resource.x.y.size', 'tag'])).toEqual([]);
  });

  test('of CUE and Jsonnet', () => {
    expect(found('image: tag: "v1"\n', 'x.cue', ['image.tag'])).toEqual([['', 'v1', 1]]);
    expect(found("{\n  image: {\n    tag: 'v1',\n  },\n}\n", 'x.jsonnet', ['image.tag'])).toEqual([['', 'v1', 3]]);
  });

  test('named by Renovate', () => {
    const text = '# renovate: datasource=docker depName=ghcr.io/a/b\nAPI_VERSION=v1\nOTHER=v2\n';
    expect(found(text, 'versions.env')).toEqual([['ghcr.io/a/b', 'v1', 2]]);
  });
});
