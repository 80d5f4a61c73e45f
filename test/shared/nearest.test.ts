import { expect, test } from '@jest/globals';
import { mapLimit } from '#shared/map-limit.ts';
import { editDistance, nearestName } from '#shared/nearest.ts';
import { maskedForms } from '#shared/runner/secrets.ts';

test('the nearest name is found only when it is near', () => {
  expect(nearestName('tokn', ['token', 'bump'])).toBe('token');
  expect(nearestName('ThoughtsBackend', ['thoughts-backend', 'thoughts-frontend'])).toBe('thoughts-backend');
  expect(nearestName('colour', ['token', 'bump'])).toBeUndefined();
  expect(editDistance('kitten', 'sitting')).toBe(3);
});

test('mapLimit keeps the order and never has more calls under way than it may', async () => {
  let underWay = 0;
  let most = 0;
  const result = await mapLimit([5, 1, 4, 2, 3], 2, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, item));
    underWay -= 1;
    return item * 10;
  });
  expect(result).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('a secret is masked with each of its lines and in base64, but short lines are not', () => {
  const forms = maskedForms('-----BEGIN KEY-----\nabcdefgh\nxy\n');
  expect(forms).toEqual(
    expect.arrayContaining(['-----BEGIN KEY-----', 'abcdefgh', Buffer.from('abcdefgh').toString('base64')]),
  );
  expect(forms).not.toContain('xy');
});
