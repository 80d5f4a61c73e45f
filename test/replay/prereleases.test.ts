import { describe, expect, test } from '@jest/globals';
import type { Release } from './read-releases.ts';
import { type Miss, replayReleases } from './replay-release.ts';
import { rulesByName } from './replay-rules.ts';

/** Releases from `previous released message`, oldest first. */
function releases(...lines: readonly string[]): Release[] {
  return lines.map((text, line) => {
    const [previous = '', released = '', ...message] = text.split(' ');
    const commits = [{ sha: `${line}`.padEnd(40, '0'), message: message.join(' ') }];
    return { where: `file:${line + 1}`, repository: 'acme/service', prefix: 'v', previous, released, commits };
  });
}

function missesOf(rows: readonly Release[]): Pick<Miss, 'released' | 'decided'>[] {
  return replayReleases(rows, rulesByName.auto).map(({ released, decided }) => ({ released, decided }));
}

describe('prereleases are counted as', () => {
  test('semantic-release does, on several branches at once', () => {
    const rows = releases(
      '1.0.0 1.1.0-beta.1 feat: a',
      '1.1.0-beta.1 1.1.0-beta.2 feat: b',
      '1.0.0 1.0.1 fix: c',
      '1.1.0-beta.2 2.0.0-beta.1 feat!: d',
      '1.0.1 2.0.0 feat!: d',
      '2.0.0 2.1.0-alpha.1 feat: e',
      '2.0.0 2.1.0-next.1 feat: f',
      '2.1.0-alpha.1 2.1.0-alpha.2 fix: e',
      '2.1.0-next.1 2.1.0 docs: f',
      '1.0.1 1.0.2 fix: backport',
    );
    expect(missesOf(rows)).toEqual([]);
  });

  test('the release says that lists the commits of its prereleases again', () => {
    const rows = releases('1.0.0 1.1.0-beta.1 feat: a', '1.1.0-beta.1 1.1.0 chore: release', '1.1.0 1.1.1 fix: b');
    const [first, second] = rows;
    const again = { ...second, commits: [...(second?.commits ?? []), ...(first?.commits ?? [])] } as Release;
    expect(missesOf(rows.with(1, again))).toEqual([]);
  });

  // The action begins with .1 where no tag of the channel tells otherwise.
  test('lerna and npm do, from 0, once a channel has begun', () => {
    const rows = releases(
      '1.0.0 1.0.1-alpha.0 fix: a',
      '1.0.1-alpha.0 1.0.1-alpha.1 docs: b',
      '1.0.1-alpha.1 1.1.0-alpha.0 feat: c',
      '1.1.0-alpha.0 1.1.0-alpha.1 fix: d',
      '1.1.0-alpha.1 1.1.0 chore: publish',
      '1.1.0 2.0.0-alpha.0 feat!: e',
    );
    expect(missesOf(rows)).toEqual([{ released: '1.0.1-alpha.0', decided: '1.0.1-alpha.1' }]);
  });

  test('standard-version does, without a name', () => {
    const rows = releases(
      '1.0.0 1.0.1-0 fix: a',
      '1.0.1-0 1.0.1-1 fix: b',
      '1.0.1-1 1.1.0-0 feat: c',
      '1.1.0-0 1.1.0 chore: d',
      '1.1.0 1.1.1 fix: e',
    );
    expect(missesOf(rows)).toEqual([]);
  });

  test('release-please does, with the name alone first and zeros kept, once a channel has begun', () => {
    const rows = releases(
      '1.0.0 1.1.0-beta feat: a',
      '1.1.0-beta 1.1.0-beta.1 fix: b',
      '1.1.0-beta.1 1.1.0-beta.2 feat: c',
      '1.1.0-beta.2 2.0.0-beta feat!: d',
      '2.0.0-beta 2.0.0-beta.1 feat!: e',
      '2.0.0-beta.1 2.0.0 feat: f',
      '3.0.0 3.1.0-rc01 chore: g\n\nRelease-As: 3.1.0-rc01',
      '3.1.0-rc01 3.1.0-rc02 fix: h',
      '3.1.0-rc02 3.1.0 chore: i\n\nRelease-As: 3.1.0',
    );
    expect(missesOf(rows)).toEqual([{ released: '1.1.0-beta', decided: '1.1.0-beta.1' }]);
  });

  test.each([
    ['1.1.0-next.beta.1', '1.1.0-next.beta.2'],
    ['1.1.0-beta2023.1', '1.1.0-beta2023.2'],
    ['1.1.0-beta9', '1.1.0-beta10'],
    ['1.1.0-beta01', '1.1.0-beta02'],
    ['1.1.0-9', '1.1.0-10'],
  ])('%s was, to %s', (previous, released) => {
    expect(missesOf(releases(`${previous} ${released} fix: a`))).toEqual([]);
  });
});
