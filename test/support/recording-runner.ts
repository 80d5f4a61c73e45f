import type { Annotation, RunContext, Runner } from '#shared/runner/runner.ts';

/** The recording twin of the real runner: what an action said, in order. */
export interface RecordingRunner extends Runner {
  readonly lines: string[];
  readonly annotations: Annotation[];
  readonly secrets: string[];
}

/** A runner that records; `context` and `event` are what GitHub would have sent. */
export function recordingRunner(
  context: Partial<RunContext> = {},
  event: Record<string, unknown> = {},
): RecordingRunner {
  const lines: string[] = [];
  const annotations: Annotation[] = [];
  const secrets: string[] = [];
  const state = new Map<string, string>();
  return {
    lines,
    annotations,
    secrets,
    context: { ...emptyContext, ...context },
    event,
    log: (line) => void lines.push(line),
    debug: (line) => void lines.push(`debug: ${line}`),
    warning: (message) => void annotations.push({ level: 'warning', message }),
    annotate: (annotation) => void annotations.push(annotation),
    group: (title, grouped) => void lines.push(title, ...grouped),
    addSecret: (secret) => void secrets.push(secret),
    saveState: (name, value) => void state.set(name, value),
    readState: (name) => state.get(name) ?? '',
  };
}

const emptyContext: RunContext = {
  eventName: 'push',
  sha: '',
  ref: 'refs/heads/main',
  repository: 'acme/thoughts-backend',
  actor: 'octocat',
  workflow: 'test',
  runId: '1',
  runAttempt: 1,
  serverUrl: 'https://github.com',
  apiUrl: 'https://api.github.com',
  graphqlUrl: 'https://api.github.com/graphql',
  workspace: '.',
  temporaryFolder: '.',
};
