import type { LabLayout } from './plan.ts';
import type { SshHost } from './ssh-host.ts';
import type { World } from './world.ts';

/** What a scenario needs of the cluster. */
export type LabKube = {
  readonly setNodeReady: (
    name: string,
    status: 'True' | 'False' | 'Unknown',
    reason: string,
    message: string,
  ) => void;
  /** See `Storm` of the simulated cluster. */
  readonly startReplicaStorm: (perSecond: number, upTo: number) => () => void;
  /** See `NetworkIncidents` of the simulated cluster. */
  readonly scaleDeployment: (namespace: string, name: string, replicas: number) => void;
  /** See `CertificateIncidents` of the simulated cluster. */
  readonly setIssuerFault: (issuer: string, broken: boolean) => void;
  readonly ageCertificate: (namespace: string, name: string, leftHours: number) => void;
  /** See `KubeApi`. */
  readonly setDeprecatedRequests: (
    api: {
      readonly group: string;
      readonly version: string;
      readonly resource: string;
      readonly removedRelease: string;
    } | null,
  ) => void;
  /** See `StorageIncidents` of the simulated cluster. */
  readonly failReplica: (claim: string, node: string) => void;
  readonly rebuildReplica: (claim: string, node: string) => void;
  /** See `Machines` of the simulated cluster. */
  readonly migrate: (namespace: string, name: string) => string;
  readonly setMigrationFault: (reason: string | null) => void;
};

/** What a scenario can do to the control plane besides what it does to its zones. */
export type LabControlPlane = {
  /** Ends and starts the load balancer in front of the API servers, inside its machine. */
  readonly setVipFault: (broken: boolean) => void;
  /** Ends and starts the BGP daemon of the router, inside its machine. */
  readonly setBgpFault: (broken: boolean) => void;
  /** Cuts the instances of a component off the API servers, or lets them back: its lease is not renewed. */
  readonly setCutOff: (
    component: 'kube-scheduler' | 'kube-controller-manager',
    cutOff: boolean,
  ) => void;
  /** Gives an API server a certificate that was valid for so many hours and ends in so many. */
  readonly setCertificate: (instance: string, sinceHours: number, leftHours: number) => void;
};

/** What a scenario can lay hands on. */
export type ScenarioLab = {
  readonly world: World;
  /** @throws {RangeError} if there is no such host. */
  readonly host: (name: string) => SshHost;
  readonly kube: LabKube;
  readonly controlPlane: LabControlPlane;
};

export type ScenarioStep = {
  /** Seconds after the start of the scenario. */
  readonly atSeconds: number;
  /** What happens, in a sentence without its point. */
  readonly describe: string;
  readonly apply: (lab: ScenarioLab) => void | Promise<void>;
};

/** A script of timed faults. */
export type Scenario = {
  readonly name: string;
  readonly summary: string;
  /** It needs a lab that lies so; others take any. */
  readonly layout?: LabLayout;
  readonly steps: readonly ScenarioStep[];
  /** Steps that go on for ever, in the order of their times; made as they fall due, after `steps`. */
  readonly endless?: (world: World) => Iterable<ScenarioStep>;
};

/** When the first fault of a scenario strikes, so that the lab is first seen healthy. */
export const FIRST_FAULT_SECONDS = 8;
