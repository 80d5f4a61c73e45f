/** A release as far as it tells the rules of its project. */
export interface Evidence {
  /** The line of versions that it belongs to. */
  readonly line: string;
  /** For each of the rules whether it gives the version that was released. */
  readonly right: readonly boolean[];
}

/**
 * Which rules decide each release of one repository: those that explain most of the others. A release does not count for
 * itself, so that no version helps to decide itself. Settings change in the life of a project: a release of the same line
 * counts one over its squared distance, twice that where it came before, and all other lines together count one. Of equals
 * the first rules win.
 */
export function chooseRules(evidence: readonly Evidence[]): number[] {
  const lines = new Map<string, Evidence[]>();
  const places = evidence.map((release) => {
    const own = lines.get(release.line) ?? [];
    lines.set(release.line, own);
    // Where all rules agree nothing is to be learned.
    return release.right.includes(true) && release.right.includes(false) ? own.push(release) - 1 : own.length - 0.5;
  });
  const all = countRight([...lines.values()].flat());
  const ownCounts = new Map([...lines].map(([line, own]) => [line, countRight(own)]));
  return evidence.map((release, index) => {
    const at = places[index] ?? 0;
    const own = lines.get(release.line) ?? [];
    const counted = ownCounts.get(release.line);
    const elsewhere = all.releases - (counted?.releases ?? 0);
    const scores = release.right.map((_, rule) => {
      const others = ((all.right[rule] ?? 0) - (counted?.right[rule] ?? 0)) / Math.max(elsewhere, 1);
      return own.reduce((score, other, place) => {
        const distance = Math.ceil(Math.abs(place - at));
        return distance === 0 || other.right[rule] !== true ? score : score + (place < at ? 2 : 1) / distance ** 2;
      }, others);
    });
    return scores.indexOf(Math.max(...scores));
  });
}

function countRight(releases: readonly Evidence[]): { releases: number; right: number[] } {
  const right = (releases[0]?.right ?? []).map((_, rule) => releases.filter((one) => one.right[rule]).length);
  return { releases: releases.length, right };
}
