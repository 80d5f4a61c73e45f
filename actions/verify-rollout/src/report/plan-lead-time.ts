/** The moments of a delivery that are known, in milliseconds since 1970. */
export interface LeadTimeFacts {
  /** The commit of the service that the version was built from. */
  readonly commit?: number | undefined;
  readonly pullRequestOpened?: number | undefined;
  readonly approved?: number | undefined;
  readonly merged?: number | undefined;
  readonly applied?: number | undefined;
  readonly verified?: number | undefined;
}

/** The stages in order, and the seconds from the first to the last one. */
export interface LeadTime {
  readonly stages: readonly { readonly stage: string; readonly at: string; readonly secondsSincePrevious: number }[];
  readonly totalSeconds: number;
}

const order = ['commit', 'pullRequestOpened', 'approved', 'merged', 'applied', 'verified'] as const;

/** Lead time from what is known; undefined with fewer than two moments. */
export function planLeadTime(facts: LeadTimeFacts): LeadTime | undefined {
  const known = order.flatMap((stage) => {
    const at = facts[stage];
    return at === undefined || Number.isNaN(at) ? [] : [{ stage, at }];
  });
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined || known.length < 2) return undefined;
  const stages = known.map(({ stage, at }, index) => ({
    stage,
    at: new Date(at).toISOString(),
    secondsSincePrevious: Math.round((at - (known[index - 1]?.at ?? at)) / 1000),
  }));
  return { stages, totalSeconds: Math.round((last.at - first.at) / 1000) };
}
