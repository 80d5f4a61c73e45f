const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** How long something takes as kubectl prints it: `45s`, `5m12s`, `3h`, `2d4h`. Negative times are `<invalid>`. */
export function humanDuration(ms: number): string {
  if (ms < -2 * second) return '<invalid>';
  if (ms < 0) return '0s';
  if (ms < 2 * minute) return `${Math.floor(ms / second)}s`;
  if (ms < 10 * minute) return inTwo(ms, [minute, 'm'], [second, 's']);
  if (ms < 3 * hour) return `${Math.floor(ms / minute)}m`;
  if (ms < 8 * hour) return inTwo(ms, [hour, 'h'], [minute, 'm']);
  if (ms < 2 * day) return `${Math.floor(ms / hour)}h`;
  if (ms < 8 * day) return inTwo(ms, [day, 'd'], [hour, 'h']);
  if (ms < 2 * year) return `${Math.floor(ms / day)}d`;
  if (ms < 8 * year) return inTwo(ms, [year, 'y'], [day, 'd']);
  return `${Math.floor(ms / year)}y`;
}

/** The time since an RFC 3339 date; `<unknown>` without one. */
export function since(date: string | null | undefined, nowMs: number): string {
  return date === undefined || date === null || date === '' ? '<unknown>' : humanDuration(nowMs - Date.parse(date));
}

function inTwo(ms: number, [large, largeSign]: [number, string], [small, smallSign]: [number, string]): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)}${largeSign}${rest === 0 ? '' : `${rest}${smallSign}`}`;
}
