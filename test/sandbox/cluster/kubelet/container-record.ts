import type { Container, ContainerState, ContainerStatus } from '../pod-objects.ts';
import type { ContainerLog } from './container-log.ts';

/** What the kubelet knows about one container of a pod. */
export interface ContainerRecord {
  readonly spec: Container;
  readonly init: boolean;
  state: ContainerState;
  lastState: ContainerState;
  ready: boolean;
  started: boolean;
  restartCount: number;
  imageId: string;
  containerId: string;
  /** Of the run that goes on or was the last. */
  log: ContainerLog | undefined;
  previousLog: ContainerLog | undefined;
}

/** A container that has not been started yet. */
export function newRecord(spec: Container, init: boolean, waiting: string): ContainerRecord {
  return {
    ...{ spec, init, state: { waiting: { reason: waiting } }, lastState: {}, ready: false, started: false },
    ...{ restartCount: 0, imageId: '', containerId: '', log: undefined, previousLog: undefined },
  };
}

/** The status that the kubelet reports for a container. */
export function statusOf(record: ContainerRecord): ContainerStatus {
  const { spec, state, lastState, restartCount, imageId, containerId } = record;
  const running = state.running !== undefined;
  return {
    ...{ name: spec.name, state: structuredClone(state), lastState: structuredClone(lastState) },
    ready: record.init ? state.terminated?.exitCode === 0 : running && record.ready,
    ...{ restartCount, image: spec.image, imageID: imageId },
    ...(containerId === '' ? {} : { containerID: containerId }),
    started: running && record.started,
  };
}
