import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CredentialSource } from '#shared/registry/credentials.ts';
import { connectRegistry } from '#shared/registry/registry.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import type { PushedImage } from '../../sandbox/registry/push-image.ts';

/** How a registry asks who is there; `none` lets everybody pull and push. */
export type Challenge = 'none' | 'basic' | 'bearer';

/** A registry on loopback, of whatever make. */
export interface RegistryUnderTest {
  readonly host: string;
  readonly credentials: { readonly username: string; readonly password: string };
  /** Pushes as `credentials`, and gives the digest that the tag names. */
  pushImage(image: PushedImage): Promise<string>;
  close(): Promise<void>;
}

/** What the adapter has to do with every registry; the same tests for the sandbox's and for those that people run. */
export function describeRegistry(make: string, start: (challenge: Challenge) => Promise<RegistryUnderTest>): void {
  describe.each<Challenge>(['none', 'basic', 'bearer'])(`${make}, challenge %s`, (challenge) => {
    let registry: RegistryUnderTest;
    let digest = '';
    let meter: RequestMeter;
    const name = () => `${registry.host}/acme/api`;
    const known: CredentialSource = async () => registry.credentials;
    const adapter = (credentials = known) => connectRegistry({ credentials, meter });

    beforeAll(async () => {
      registry = await start(challenge);
      const image = { repository: 'acme/api', files: { 'a.txt': 'a' } };
      digest = await registry.pushImage({ ...image, tag: 'v1', platforms: ['linux/amd64', 'linux/arm64'] });
      await registry.pushImage({ ...image, repository: 'acme/one', tag: 'v1' });
    });

    beforeEach(() => {
      meter = new RequestMeter();
    });

    afterAll(() => registry.close());

    test('a tag becomes a digest in three requests cold and one warm', async () => {
      const own = adapter();
      expect(await own.resolve(`${name()}:v1`)).toEqual({ digest });
      expect(meter.count).toBe({ none: 1, basic: 2, bearer: 3 }[challenge]);
      const cold = meter.count;
      expect(await own.resolve(`${name()}@${digest}`)).toEqual({ digest });
      expect(meter.count).toBe(cold + 1);
    });

    test('an index says its platforms, a single manifest its own', async () => {
      const own = adapter();
      const index = await own.resolve(`${name()}@${digest}`, { platforms: true });
      expect(index).toEqual({ digest, platforms: ['linux/amd64', 'linux/arm64'] });
      const one = await own.resolve(`${registry.host}/acme/one:v1`, { platforms: true });
      expect(one?.platforms).toEqual([expect.stringMatching(/^linux\/\w+$/)]);
    });

    test.each(['acme/api:v2', 'acme/none:v1', `acme/api@sha256:${'0'.repeat(64)}`])(
      '%s is not there, which is no error',
      async (reference) => {
        expect(await adapter().resolve(`${registry.host}/${reference}`)).toBeUndefined();
      },
    );

    test('nobody and wrong passwords are denied, where anybody is asked at all', async () => {
      const nobody: CredentialSource = async () => undefined;
      const wrong: CredentialSource = async () => ({ username: registry.credentials.username, password: 'wrong' });
      for (const credentials of [nobody, wrong]) {
        const resolved = adapter(credentials).resolve(`${name()}:v1`);
        if (challenge === 'none') expect(await resolved).toEqual({ digest });
        else await expect(resolved).rejects.toMatchObject({ reasonCode: 'registry-denied' });
      }
    });
  });
}
