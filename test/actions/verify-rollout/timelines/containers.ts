import { event, pod } from '../shop-objects.ts';
import { done, ended, failing, looping, newPod, type Step, type Timeline, waiting } from './timeline.ts';

// Two watches may tell in another order what happened at the same moment.
const LATER = 30;

function later([resource, object]: Step): Step {
  return [resource, object, LATER];
}

/** What a container does wrong, from its configuration to its last probe. */
export const containerTimelines = {
  CreateContainerConfigError: failing([waiting('CreateContainerConfigError', 'configmap "web" not found')]),
  CreateContainerError: failing([waiting('CreateContainerError', 'failed to generate spec')], 121),
  CommandNotFound: failing([
    [
      'pods',
      pod('1.1', {
        restarts: 1,
        waiting: { reason: 'RunContainerError', message: 'exec: "serve": executable file not found in $PATH' },
      }),
    ],
  ]),
  StartError: failing([looping(1, ended(128, 'StartError', 'failed to create shim task'))]),
  CrashLoopBackOff: failing([looping(2, ended(1))]),
  OOMKilled: failing([
    [
      'pods',
      pod('1.1', {
        restarts: 1,
        limits: { memory: '64Mi' },
        waiting: { reason: 'CrashLoopBackOff' },
        lastTerminated: ended(137, 'OOMKilled'),
      }),
    ],
  ]),
  LivenessFailed: failing(
    [['events', event(newPod, 'Unhealthy', 'Liveness probe failed: HTTP 500')], later(looping(2, ended(137)))],
    LATER,
  ),
  StartupProbeFailed: failing(
    [['events', event(newPod, 'Unhealthy', 'Startup probe failed: refused')], later(looping(2, ended(137)))],
    LATER,
  ),
  PostStartHookFailed: failing(
    [['events', event(newPod, 'FailedPostStartHook', 'exited with 1')], later(looping(2, ended(137)))],
    LATER,
  ),
  ReadinessFailed: failing(
    [['pods', pod('1.1', { ready: false, probe: { periodSeconds: 2, failureThreshold: 3, timeoutSeconds: 1 } })]],
    16,
  ),
  SoakFailed: {
    before: done,
    steps: [['pods', pod('1.1', { name: 'new-a', restarts: 1, lastTerminated: ended(1) }), 10]],
    inputs: { soak: '10m' },
    decidedAt: 600,
    result: 'failed',
  },
} satisfies Record<string, Timeline>;
