import type { Scenario } from '../scenario.ts';
import { addressDuplicate } from './address-duplicate.ts';
import { aggrPort } from './aggr-port.ts';
import { apiDeprecated } from './api-deprecated.ts';
import { apiDown } from './api-down.ts';
import { bareHosts } from './bare-hosts.ts';
import { bgpDown } from './bgp-down.ts';
import { calm } from './calm.ts';
import { certExpiry } from './cert-expiry.ts';
import { chaos } from './chaos.ts';
import { diskUnc } from './disk-unc.ts';
import { etcdFragmentation } from './etcd-fragmentation.ts';
import { etcdHung } from './etcd-hung.ts';
import { etcdMember } from './etcd-member.ts';
import { etcdQuorum } from './etcd-quorum.ts';
import { hostDown } from './host-down.ts';
import { hostFreeze } from './host-freeze.ts';
import { hostKeyChange } from './host-key-change.ts';
import { issuerDown } from './issuer-down.ts';
import { linkErrors } from './link-errors.ts';
import { longhornStorm } from './longhorn-storm.ts';
import { memoryCap } from './memory-cap.ts';
import { metricsDown } from './metrics-down.ts';
import { nodeNotready } from './node-notready.ts';
import { poolDegraded } from './pool-degraded.ts';
import { schedulerLost } from './scheduler-lost.ts';
import { smfMaintenance } from './smf-maintenance.ts';
import { stacked } from './stacked.ts';
import { twoClusters } from './two-clusters.ts';
import { vipDown } from './vip-down.ts';
import { vlanCut } from './vlan-cut.ts';
import { vlanIsolated } from './vlan-isolated.ts';
import { vmMigration } from './vm-migration.ts';
import { volumeDegraded } from './volume-degraded.ts';
import { webhookDown } from './webhook-down.ts';
import { zoneCrash } from './zone-crash.ts';

/** Every scenario of the lab. */
export const SCENARIOS: readonly Scenario[] = [
  calm,
  diskUnc,
  hostDown,
  hostFreeze,
  hostKeyChange,
  longhornStorm,
  memoryCap,
  nodeNotready,
  poolDegraded,
  smfMaintenance,
  zoneCrash,
  aggrPort,
  vlanCut,
  vlanIsolated,
  linkErrors,
  addressDuplicate,
  apiDown,
  certExpiry,
  etcdFragmentation,
  etcdMember,
  etcdHung,
  etcdQuorum,
  schedulerLost,
  vipDown,
  webhookDown,
  issuerDown,
  metricsDown,
  apiDeprecated,
  bgpDown,
  volumeDegraded,
  vmMigration,
  bareHosts,
  stacked,
  twoClusters,
  chaos,
];

/** @throws {RangeError} if there is no scenario of the name; the message lists those there are. */
export function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found) return found;
  const names = SCENARIOS.map((scenario) => scenario.name).join(', ');
  throw new RangeError(`no scenario '${name}'; there are ${names}`);
}
