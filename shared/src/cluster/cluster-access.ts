import type { Endpoint } from './send-request.ts';

/** The ways into a cluster; the first one that is given wins: URL, kubeconfig, the pod's own service account. */
export interface ClusterAccess {
  readonly apiUrl: string;
  readonly token: string;
  /** PEM, or PEM in base64 as kubeconfigs have it. */
  readonly ca: string;
  /** The path of a kubeconfig file. */
  readonly kubeconfig: string;
  readonly context: string;
  /** A folder for the socket of `kubectl proxy`. */
  readonly temporaryFolder: string;
  readonly log: (line: string) => void;
}

/** A way into a cluster, and how to end what it started. */
export interface ResolvedEndpoint {
  readonly endpoint: Endpoint;
  /** How the cluster was found, for the log. */
  readonly description: string;
  close(): Promise<void>;
}
