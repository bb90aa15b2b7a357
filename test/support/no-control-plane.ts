import type { LabControlPlane } from '../../src/lab/scenario.ts';

/** A control plane to which nothing can be done. */
export const noControlPlane: LabControlPlane = {
  setVipFault: () => undefined,
  setBgpFault: () => undefined,
  setCutOff: () => undefined,
  setCertificate: () => undefined,
};
