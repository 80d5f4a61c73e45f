import { positionOf } from '#shared/manifest/find-images.ts';
import { formatKeyPath } from '#shared/manifest/key-path.ts';
import type { ScalarNode } from '#shared/manifest/manifest-node.ts';
import { parseManifest, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { isPlainText, plainType, quoted } from '../edits/plan-quoting.ts';
import type { Replacement } from '../edits/plan-splice.ts';
import type { Change, Problem } from '../images/change.ts';
import type { Selectors, SourceFile } from '../images/image-request.ts';
import type { Setting } from './parse-set-lines.ts';
import { hasAssignments, replaceAssigned, seekAssignments } from './seek-assignments.ts';
import { type SettingPlace, seekSettings } from './seek-settings.ts';
import { nearest } from './seek-value.ts';

/** A value that is to change, or holds already what is asked for (then without replacement). */
export interface SettingTarget {
  readonly setting: Setting;
  readonly file: SourceFile;
  readonly scalar: ScalarNode;
  readonly replacement: Replacement | undefined;
  readonly change: Change;
}

/** What the lines of `set` mean in these files. */
export interface SettingsPlan {
  readonly targets: readonly SettingTarget[];
  readonly problems: readonly Problem[];
  /** Words for each line that means no place. */
  readonly missing: readonly string[];
}

/** Finds every place of the settings and decides what it becomes; pure. */
export function planSettings(
  yaml: YamlLibrary,
  files: readonly SourceFile[],
  order: { settings: readonly Setting[]; selectors: Selectors; isOwn: (path: string) => boolean },
): SettingsPlan {
  const parts = order.settings.map((setting): SettingsPlan => {
    const own = files.filter(({ path }) => (setting.file === undefined ? order.isOwn(path) : path === setting.file));
    return planSetting(yaml, own, { setting, selectors: order.selectors });
  });
  const targets = parts.flatMap((part) => part.targets);
  return {
    targets,
    problems: [...parts.flatMap((part) => part.problems), ...rivals(targets)],
    missing: parts.flatMap((part) => part.missing),
  };
}

function planSetting(
  yaml: YamlLibrary,
  files: readonly SourceFile[],
  { setting, selectors }: { setting: Setting; selectors: Selectors },
): SettingsPlan {
  const targets: SettingTarget[] = [];
  const problems: Problem[] = [];
  const near: string[] = [];
  for (const file of files) {
    const documents = hasAssignments(file.path) ? [] : parseManifest(yaml, file.text);
    if ('problem' in documents) {
      if (setting.file !== undefined) problems.push(problemAt(file, setting, { ...documents, code: 'cannot-edit' }));
      continue;
    }
    const sought =
      setting.file !== undefined && hasAssignments(file.path)
        ? seekAssignments(file.text, setting)
        : seekSettings(documents, setting, file.path);
    const places = sought.filter((place) => isSelected(place, selectors));
    const found = places.filter(({ sought }) => !('near' in sought));
    near.push(...places.flatMap(({ sought }) => ('near' in sought ? sought.near : [])));
    if (setting.file !== undefined && found.length > 1) problems.push(ambiguity(file, setting, found));
    for (const place of found) {
      const planned = planPlace(file, setting, place);
      if ('change' in planned) targets.push(planned);
      else problems.push(planned);
    }
  }
  const missing = targets.length + problems.length > 0 ? [] : [explainMissing(setting, files, near)];
  return { targets, problems, missing };
}

function isSelected({ object, container }: SettingPlace, selectors: Selectors): boolean {
  const allows = (wanted: readonly string[], value: string) => wanted.length === 0 || wanted.includes(value);
  const kinds = selectors.kinds.map((kind) => kind.toLowerCase());
  return (
    allows(kinds, object.kind.toLowerCase()) &&
    allows(selectors.namespaces, object.namespace) &&
    allows(selectors.names, object.name) &&
    (container === '' || allows(selectors.containers, container))
  );
}

function planPlace(file: SourceFile, setting: Setting, place: SettingPlace): SettingTarget | Problem {
  const { sought: scalar, object, prefix, keys } = place;
  if ('near' in scalar) return problemAt(file, setting, { code: 'cannot-edit', problem: 'nothing stands here', at: 0 });
  if ('problem' in scalar) return problemAt(file, setting, scalar);
  const { path, text } = file;
  const { value } = setting;
  const replacement = hasAssignments(path)
    ? replaceAssigned(text, { path, scalar, value })
    : replaceValue(text, { scalar, prefix, value, mustBeText: place.mustBeText });
  if ('problem' in replacement)
    return problemAt(file, setting, { ...replacement, code: 'cannot-edit', at: scalar.span.start });
  const old = scalar.value.slice(prefix.length);
  const change: Change = {
    ...{ file: file.path, ...positionOf(file.text, replacement.start), style: 'setting', image: '' },
    object: [object.kind, object.namespace, object.name].filter((part) => part !== '').join('/'),
    ...{
      container: place.container,
      keyPath: formatKeyPath(keys),
      old,
      new: setting.value,
      oldTag: '',
      direction: 'unknown',
    },
  };
  return { setting, file, scalar, change, replacement: old === setting.value ? undefined : replacement };
}

/** The text that takes the place of a scalar's value: text stays text, a boolean a boolean, a number a number. */
export function replaceValue(
  text: string,
  place: { scalar: ScalarNode; prefix: string; value: string; mustBeText: boolean },
): Replacement | { problem: string } {
  const { scalar, prefix, value, mustBeText } = place;
  const { quote, span } = scalar;
  const source = text.slice(span.start, span.end);
  if (source.includes('\n')) return { problem: 'the value spans several lines' };
  if (prefix !== '' && (!scalar.literal || /["']/.test(source[prefix.length] ?? '')))
    return { problem: 'the value has quotes or escapes within the literal' };
  const whole = prefix + value;
  if (quote === 'single' || quote === 'double') return { ...span, text: quoted(whole, quote), value: whole };
  const [was, becomes] = [plainType(source), plainType(value)];
  if (mustBeText || was === 'text') {
    return { ...span, text: isPlainText(whole) ? whole : `"${quoted(whole, 'double')}"`, value: whole };
  }
  if (was === 'other') return { problem: `${source} is read differently by different parsers; quote it first` };
  if (was !== becomes) return { problem: `a ${was} stands here, and ${JSON.stringify(value)} is none` };
  return { ...span, text: value, value };
}

function problemAt(
  { path, text }: SourceFile,
  { target }: Setting,
  { code, problem, at }: { code: Problem['code']; problem: string; at: number },
): Problem {
  return { code, file: path, line: positionOf(text, at).line, message: `${target}: ${problem}` };
}

function ambiguity(file: SourceFile, setting: Setting, found: readonly SettingPlace[]): Problem {
  const paths = found.map(({ keys }) => formatKeyPath(keys)).join(', ');
  const problem = `it stands in several places: ${paths}`;
  return problemAt(file, setting, { code: 'cannot-edit', problem, at: 0 });
}

function rivals(targets: readonly SettingTarget[]): Problem[] {
  return targets
    .filter((target, index) => targets.findIndex((other) => isSamePlace(other, target)) < index)
    .map(({ file, setting, scalar }) => {
      const problem = 'another line of `set` means the same place';
      return problemAt(file, setting, { code: 'cannot-edit', problem, at: scalar.span.start });
    });
}

function isSamePlace(a: SettingTarget, b: SettingTarget): boolean {
  return a.file === b.file && a.scalar.span.start === b.scalar.span.start;
}

function explainMissing(setting: Setting, files: readonly SourceFile[], near: readonly string[]): string {
  const { target, file, key } = setting;
  if (file !== undefined && files.length === 0) return `${target} was not found: there is no file ${file}.`;
  const names = nearest(key, near);
  const count = `${files.length} file${files.length === 1 ? '' : 's'}`;
  return `${target} was not found in ${count}.${names.length === 0 ? '' : ` Near: ${names.join(', ')}.`}`;
}
