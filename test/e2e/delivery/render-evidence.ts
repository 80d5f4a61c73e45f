const MAX_LINES = 14;

/** The first lines of a pull request's body that a person would read, without hidden comments and blank lines. */
export function renderBodyExcerpt(body: string): string {
  const lines = body
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => (code === '8203' ? '' : String.fromCharCode(Number(code))))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const more = lines.length > MAX_LINES ? [`... ${lines.length - MAX_LINES} more lines`] : [];
  return [...lines.slice(0, MAX_LINES), ...more].map((line) => `| ${line}`).join('\n');
}

interface LeadTime {
  readonly stages: readonly { readonly stage: string; readonly secondsSincePrevious: number }[];
  readonly totalSeconds: number;
}

/** The output `lead-time` of verify-rollout on one line. */
export function renderLeadTime(json: string): string {
  const { stages, totalSeconds } = JSON.parse(json) as LeadTime;
  const steps = stages.map(({ stage, secondsSincePrevious }, index) =>
    index === 0 ? stage : `${stage} +${secondsSincePrevious} s`,
  );
  return `${steps.join(' -> ')}; ${totalSeconds} s in all`;
}
