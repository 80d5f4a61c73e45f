/** How tests are split. */
export interface SplitOptions {
  readonly shards: number;
  /** Recorded times of units. */
  readonly secondsOf: ReadonlyMap<string, number>;
  /** What a runner takes at once, so it stays in one shard. */
  readonly unitOf: (test: string) => string;
}

/** Splits tests so that the slowest shard is as short as possible: longest first, each to the shard that has least to do. */
export function planShards(tests: readonly string[], { shards, secondsOf, unitOf }: SplitOptions): Shard[] {
  const units = new Map<string, string[]>();
  for (const test of tests) {
    const unit = unitOf(test);
    units.set(unit, [...(units.get(unit) ?? []), test]);
  }
  const names = [...units.keys()];
  const unknown = median(names.map((unit) => secondsOf.get(unit)).filter((seconds) => seconds !== undefined));
  const weight = (unit: string) => secondsOf.get(unit) ?? unknown;
  const longestFirst = names.sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1));
  const count = Math.max(1, Math.min(shards, names.length));
  const parts = Array.from({ length: count }, (_, index) => ({ index: index + 1, tests: [] as string[], seconds: 0 }));
  for (const unit of longestFirst) {
    const least = parts.reduce((best, part) =>
      part.seconds < best.seconds || (part.seconds === best.seconds && part.tests.length < best.tests.length)
        ? part
        : best,
    );
    least.tests.push(...(units.get(unit) ?? []));
    least.seconds += weight(unit);
  }
  return parts.map((part) => ({ ...part, tests: part.tests.sort() }));
}

/** One job's share. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  /** Sorted; empty only when there is no test at all. */
  readonly tests: readonly string[];
  /** The expected duration; a unit without a recorded time counts as the median (1 second without any). */
  readonly seconds: number;
}

/** A matrix for a later job; never empty, so that a required check reports. */
export function planMatrix(shards: readonly Shard[]): {
  include: { shard: number; shards: number; name: string; tests: number }[];
} {
  return {
    include: shards.map(({ index, tests }) => ({
      shard: index,
      shards: shards.length,
      name: tests.length === 0 ? 'nothing to run' : `${index} of ${shards.length}`,
      tests: tests.length,
    })),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return middle === undefined || middle <= 0 ? 1 : middle;
}
