import { formatKeyPath, meansKeyPath } from '#shared/manifest/key-path.ts';
import { type Occurrence, type Span, spansOf } from '#shared/manifest/occurrence.ts';
import type { OccurrencePlan } from '../edits/plan-edits.ts';
import type { Problem, Target } from '../images/change.ts';
import type { SettingTarget } from '../settings/plan-settings.ts';

/** Occurrences that cannot be edited, and tags that are shared with places that are not to change. */
export function refusals(
  occurrences: readonly Occurrence[],
  plans: ReadonlyMap<Occurrence, OccurrencePlan>,
): Problem[] {
  return [...lockedPlaces(plans), ...sharedAnchors(occurrences, plans)];
}

function lockedPlaces(plans: ReadonlyMap<Occurrence, OccurrencePlan>): Problem[] {
  return [...plans].flatMap(([{ path, line, image }, plan]) =>
    'problem' in plan ? [{ code: 'cannot-edit' as const, file: path, line, message: `${image}: ${plan.problem}` }] : [],
  );
}

/** Places that two requests mean: by alias and name, or by a key path that says no name. */
export function rivals(targets: readonly Target[]): Problem[] {
  return targets
    .filter(({ occurrence }, index) => targets.findIndex((other) => other.occurrence === occurrence) < index)
    .map(({ occurrence: { path, line }, request }) => ({
      code: 'cannot-edit' as const,
      file: path,
      line,
      message: `${request.image}: another image of \`images\` means the same place`,
    }));
}

/** Key paths that mean several places of one document: `a.b` is a key with a dot here and a key below a key there. */
export function ambiguousPaths(targets: readonly Target[], keyPaths: readonly string[]): Problem[] {
  return keyPaths.flatMap((wanted) => {
    const meant = targets.filter(({ occurrence: { keys, document } }) => meansKeyPath(wanted, keys, document));
    return meant.flatMap(({ occurrence: { path, line, keys, document } }) => {
      const other = meant.find(
        ({ occurrence }) => occurrence.document === document && formatKeyPath(occurrence.keys) !== formatKeyPath(keys),
      );
      if (other === undefined) return [];
      const paths = [keys, other.occurrence.keys].map(formatKeyPath).join(' and ');
      const message = `the key path ${wanted} means several places, such as ${paths}; write the one that is meant`;
      return [{ code: 'cannot-edit' as const, file: path, line, message }];
    });
  });
}

// A scalar that several places share may change only when all of them are meant to, and to the same text.
function sharedAnchors(occurrences: readonly Occurrence[], plans: ReadonlyMap<Occurrence, OccurrencePlan>): Problem[] {
  const edited = [...plans].flatMap(([occurrence, plan]) =>
    'edits' in plan ? plan.edits.map((edit) => ({ occurrence, edit })) : [],
  );
  return edited.flatMap(({ occurrence, edit }) => {
    const { start } = edit.slot.span;
    const sharing = occurrences.filter(({ slots }) => slots.some(({ span }) => span.start === start));
    const agreeing = edited.filter((other) => other.edit.slot.span.start === start && other.edit.text === edit.text);
    const places = edit.slot.merged ?? edit.slot.anchor?.places ?? 1;
    if (agreeing.length === sharing.length && sharing.length >= places) return [];
    const name = edit.slot.anchor === undefined ? 'a merge key' : `the anchor &${edit.slot.anchor.name}`;
    const message = `${occurrence.image}: ${name} shares this tag with places that are not to change`;
    return [{ code: 'shared-anchor' as const, file: occurrence.path, line: occurrence.line, message }];
  });
}

/** Settings that would change an image behind the back of the guards. */
export function imageSettings(occurrences: readonly Occurrence[], settings: readonly SettingTarget[]): Problem[] {
  return settings.flatMap(({ file, setting, scalar, change }) => {
    const { start, end } = scalar.span;
    const isWithin = (span: Span) => span.start >= start && span.end <= end;
    const image = occurrences.find((occurrence) => spansOf(occurrence).some(isWithin));
    if (image === undefined) return [];
    const message = `${setting.target}: the image ${image.image} stands here`;
    return [{ code: 'image-setting' as const, file: file.path, line: change.line, message }];
  });
}
