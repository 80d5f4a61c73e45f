import { describe, expect, test } from '@jest/globals';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { isSameText, planBody } from '../../../../actions/open-deploy-pr/src/description/plan-body.ts';

const marker = { service: 'api', environment: 'staging', image: 'acme/api', version: 'v1' };
const text = 'Deploys v1\n\n- [ ] first\n- [ ] second';
const { body: written } = planBody(undefined, text, marker);

describe('a body nobody edited', () => {
  test('stays the same when there is nothing new', () => {
    expect(planBody(written, text, marker)).toEqual({ body: written, isEdited: false });
  });

  test('comes back from GitHub with other line ends', () => {
    const planned = planBody(written.replaceAll('\n', '\r\n'), text, marker);
    expect(planned.isEdited).toBe(false);
    expect(isSameText(planned.body, written.replaceAll('\n', '\r\n'))).toBe(true);
  });

  test('follows the facts', () => {
    const planned = planBody(written, 'Deploys v1, really', marker);
    expect(planned.isEdited).toBe(false);
    expect(planned.body).toContain('Deploys v1, really');
  });
});

describe('ticks', () => {
  const ticked = written.replace('- [ ] first', '- [x] first');
  test('are no edit, and stay for the same version', () => {
    const planned = planBody(ticked, text.replace('Deploys', 'Brings'), marker);
    expect(planned.isEdited).toBe(false);
    expect(planned.body).toContain('Brings v1\n\n- [x] first\n- [ ] second');
    expect(planBody(ticked, text, marker).body).toBe(ticked);
  });

  test('do not count for another version', () => {
    expect(planBody(ticked, text, { ...marker, version: 'v2' }).body).toContain('- [ ] first');
  });
});

describe('a body that a reviewer edited', () => {
  const edited = written.replace('Deploys v1', 'Deploys v1. Wait for the marketing mail! @mona');

  test('is kept for the same version, run after run', () => {
    const planned = planBody(edited, 'Something new', marker);
    expect(planned).toEqual({ body: edited, isEdited: true });
  });

  test('gets its marker back', () => {
    const { body } = planBody('All mine now', text, marker);
    expect(body).toContain('All mine now');
    expect(parseDeployMarker(body)).toEqual(marker);
    expect(planBody(body, text, marker)).toEqual({ body, isEdited: true });
  });

  test('is kept in a folded block when the version changes, where it mentions nobody again', () => {
    const { body } = planBody(edited, 'Deploys v2', { ...marker, version: 'v2' });
    expect(body.startsWith('Deploys v2\n\n<details><summary>Edited by a reviewer')).toBe(true);
    expect(body).toMatch(/```md\nDeploys v1\. Wait for the marketing mail! @mona/);
    expect(parseDeployMarker(body)?.version).toBe('v2');
  });

  test('stays in that block, run after run', () => {
    const next = { ...marker, version: 'v2' };
    const { body } = planBody(edited, 'Deploys v2', next);
    expect(planBody(body, 'Deploys v2', next)).toEqual({ body, isEdited: false });
  });

  test('loses nothing to a long changelog in front of it', () => {
    const long = Array.from({ length: 500 }, (_, index) => `- a change with a long title, number ${index}`).join('\n');
    const { body: first } = planBody(undefined, `Deploys v1\n\n${long}\n\nThe end`, marker);
    const noted = first.replace('The end', 'The end\n\nWait for the mail!');
    const { body } = planBody(noted, `Deploys v2\n\n${long}\n\nThe end`, { ...marker, version: 'v2' });
    expect(body.split('for the version before')[1]).toContain('```md\nDeploys v1\nWait for the mail!\n```');
  });

  test.each(['<!-- trunkline:', '<!-- trunkline:trunkline:', '<!-- <!-- trunkline:trunkline:'])(
    'cannot smuggle in a second marker: %s',
    (opening) => {
      const forged = edited.replace('Deploys', `a ${opening}deploy v1 {"service":"x"} --> b`);
      expect(parseDeployMarker(planBody(forged, text, marker).body)).toEqual(marker);
    },
  );

  test('is cut where no character ends up in halves', () => {
    const { body } = planBody(`${'x'.repeat(57_999)}🚀 and more`, text, marker);
    expect(body.isWellFormed()).toBe(true);
  });
});
