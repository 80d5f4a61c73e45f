import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

let fixture: Fixture;
let first = '';
beforeAll(async () => {
  fixture = await startFixture();
  const { github } = fixture;
  first = (await fixture.rest().git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
  for (let at = 1; at <= 260; at += 1) {
    // The last commit brings more files than any comparison shows.
    const count = at === 260 ? 310 : 1;
    const names = Array.from({ length: count }, (_, file) => `many/${at}-${file}.txt`);
    const date = new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString();
    const files = Object.fromEntries(names.map((name) => [name, 'x\n']));
    await github.commit('acme/thoughts', { branch: 'long', message: `feat: ${at}`, files, date });
  }
  await fixture.rest().pulls.create({ ...acme, title: 'Long', head: 'long', base: 'main' });
});
afterAll(() => fixture.close());

const numbers = (commits: readonly { commit: { message: string } }[]) =>
  [commits.at(0), commits.at(-1)].map((one) => Number(one?.commit.message.slice(6)));

describe('a comparison', () => {
  test('without paging: the newest 250 commits, oldest of them first, and 300 files', async () => {
    const { data, headers } = await fixture
      .rest()
      .repos.compareCommitsWithBasehead({ ...acme, basehead: 'main...long' });
    expect([data.total_commits, data.commits.length, numbers(data.commits)]).toEqual([260, 250, [11, 260]]);
    expect([data.files?.length, headers.link]).toEqual([300, undefined]);
  });

  test.each([
    ['page 1', { per_page: 100, page: 1 }, [1, 100], 300, ['next', 'last']],
    ['page 3', { per_page: 100, page: 3 }, [201, 260], 0, ['prev', 'first']],
    ['a page by number alone has 30', { page: 2 }, [31, 60], 0, ['prev', 'first', 'next', 'last']],
    ['more than 100 a page are 100', { per_page: 250 }, [1, 100], 300, ['next', 'last']],
    ['past the end there is nothing', { per_page: 100, page: 4 }, [Number.NaN, Number.NaN], 0, ['prev', 'first']],
  ])('%s', async (_, paging, expected, files, links) => {
    const { data, headers } = await fixture.rest().repos.compareCommitsWithBasehead({
      ...{ ...acme, basehead: 'main...long', ...paging },
    });
    expect([data.total_commits, numbers(data.commits), data.files?.length]).toEqual([260, expected, files]);
    expect([...(headers.link ?? '').matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel)).toEqual(links);
  });
});

describe('a commit', () => {
  test('has 300 files a page', async () => {
    const [all, second, short] = await Promise.all(
      [{}, { page: 2 }, { page: 2, per_page: 100 }].map((paging) =>
        fixture.rest().repos.getCommit({ ...acme, ref: 'long', ...paging }),
      ),
    );
    expect([all, second, short].map((answer) => answer?.data.files?.length)).toEqual([300, 10, 100]);
    expect([all?.headers.link, second?.headers.link]).toEqual([
      expect.stringContaining('rel="next"'),
      expect.not.stringContaining('rel="next"'),
    ]);
  });
});

describe('a pull request', () => {
  test('lists 250 commits, however many it has', async () => {
    const list = async (page: number) =>
      (await fixture.rest().pulls.listCommits({ ...acme, pull_number: 1, per_page: 100, page })).data.length;
    expect([await list(1), await list(2), await list(3), await list(4)]).toEqual([100, 100, 50, 0]);
    expect((await fixture.rest().pulls.get({ ...acme, pull_number: 1 })).data.commits).toBe(260);
  });

  test('lists its files by pages', async () => {
    const list = async (page: number) =>
      (await fixture.rest().pulls.listFiles({ ...acme, pull_number: 1, per_page: 100, page })).data.length;
    expect([await list(5), await list(6), await list(7)]).toEqual([100, 69, 0]);
  });
});

describe('refs', () => {
  test('matching refs come all at once; tags by 100, names by text and not by version', async () => {
    const refs = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`refs/tags/v1.${at}.0`, first]));
    fixture.github.addRefs('acme/thoughts', refs);
    const rest = fixture.rest();
    const matching = await rest.git.listMatchingRefs({ ...acme, ref: 'tags/v1.2' });
    expect([matching.data.length, matching.headers.link]).toEqual([61, undefined]);
    const tags = async (page?: number, per_page = 500) =>
      (await rest.repos.listTags({ ...acme, per_page, ...(page === undefined ? {} : { page }) })).data.map(
        ({ name }) => name,
      );
    const pages = [await tags(1), await tags(2), await tags(3), await tags(4)];
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 50, 0]);
    expect(pages.flat().indexOf('v1.9.0')).toBeLessThan(pages.flat().indexOf('v1.10.0'));
    expect(new Set(pages.flat()).size).toBe(250);
    expect((await rest.repos.listTags({ ...acme })).data).toHaveLength(30);
  });
});
