import type { CauseClass } from './cause-table.ts';

const patterns: readonly (readonly [RegExp, CauseClass])[] = [
  // A new quota has not been counted yet, or the API server has just started: a moment later it is taken.
  [/status unknown for quota|not yet ready to handle request/i, 'PodNotCreated'],
  [/exceeded quota|failed quota|insufficient quota/i, 'QuotaExceeded'],
  [/violates PodSecurity|security context constraint/i, 'PodSecurityViolation'],
  [/failed calling webhook|failed to call webhook/i, 'WebhookUnavailable'],
  [/ValidatingAdmissionPolicy .* denied request|admission webhook .* denied the request/i, 'AdmissionDenied'],
  [/service ?account .*not found|error looking up service account/i, 'ServiceAccountMissing'],
  [
    /(?:maximum|minimum) \S+ usage per|limit to request ratio per|LimitRange|must be less than or equal to \S+ limit/i,
    'LimitRangeViolated',
  ],
  [/is invalid:|Invalid value|Unsupported value|Required value/i, 'PodInvalid'],
  [/is forbidden/i, 'PodForbidden'],
];

/** The class of a FailedCreate message: why the API server did not take a pod. */
export function parseRefusal(message: string): CauseClass {
  return patterns.find(([pattern]) => pattern.test(message))?.[1] ?? 'PodNotCreated';
}

/** Whether an API server's answer to a manifest stays the same on the next try. */
export function isPermanentRefusal(message: string): boolean {
  // The name of an object may hold any word.
  const text = message.replace(/"[^"]*"/g, '');
  if (
    /failed calling webhook|timeout|timed out|connection refused|deadline exceeded|too many requests|status unknown for quota|not yet ready/i.test(
      text,
    )
  )
    return false;
  return /is invalid|Invalid value|immutable|denied (?:the )?request|unknown field|violates PodSecurity|is forbidden|strict decoding/i.test(
    text,
  );
}
