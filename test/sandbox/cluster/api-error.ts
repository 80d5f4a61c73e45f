/** A refusal of the API server; it is answered as a Status object. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly details: object;

  constructor(message: string, { status, reason, details }: { status: number; reason: string; details: object }) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.details = details;
  }
}

/** Makes a refusal with the API server's own words. */
export function apiError(status: number, reason: string, message: string, details: object = {}): ApiError {
  return new ApiError(message, { status, reason, details });
}

/** `pods "web-0" not found` */
export function notFound(resource: string, name: string, group = ''): ApiError {
  const full = group === '' ? resource : `${resource}.${group}`;
  return apiError(404, 'NotFound', `${full} "${name}" not found`, { name, group, kind: resource });
}

/** The Status object of a refusal. */
export function statusObject({ message, reason, status, details }: ApiError): object {
  return {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason },
    ...(Object.keys(details).length === 0 ? {} : { details }),
    code: status,
  };
}
