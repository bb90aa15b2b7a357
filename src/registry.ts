import { doctorView } from './cli/doctor.view.ts';
import type { Action } from './domain/action.ts';
import type { HostCommand } from './domain/command.ts';
import type { Describer } from './domain/described.ts';
import type { HandOver } from './domain/hand-over.ts';
import type { FeedName } from './domain/inventory.ts';
import type { Rule } from './domain/problem.ts';
import { bindView } from './domain/view.ts';
import type { BoundView } from './domain/view.ts';
import type { ClusterWatch } from './domain/watch.ts';
import { clusterView } from './resources/cluster/cluster.view.ts';
import { apiDeprecated } from './resources/control-plane/api-deprecated.rule.ts';
import { apiDown } from './resources/control-plane/api-down.rule.ts';
import { apiInstance } from './resources/control-plane/api-instance.rule.ts';
import { apiMemory } from './resources/control-plane/api-memory.rule.ts';
import { apiSlow } from './resources/control-plane/api-slow.rule.ts';
import { apiVip } from './resources/control-plane/api-vip.rule.ts';
import { apiserviceUnavailable } from './resources/control-plane/apiservice-unavailable.rule.ts';
import { apiServicesWatch } from './resources/control-plane/apiservices.watch.ts';
import { certExpiry } from './resources/control-plane/cert-expiry.rule.ts';
import { certManagerCertificatesWatch } from './resources/control-plane/cert-manager-certificates.watch.ts';
import { certificateView } from './resources/control-plane/certificate.view.ts';
import { componentView } from './resources/control-plane/component.view.ts';
import { controllerLease } from './resources/control-plane/controller-lease.rule.ts';
import { controllerStandby } from './resources/control-plane/controller-standby.rule.ts';
import { etcdFragmentation } from './resources/control-plane/etcd-fragmentation.rule.ts';
import { etcdHealth } from './resources/control-plane/etcd-health.command.ts';
import { etcdLeader } from './resources/control-plane/etcd-leader.rule.ts';
import { etcdMember } from './resources/control-plane/etcd-member.rule.ts';
import { etcdQuorum } from './resources/control-plane/etcd-quorum.rule.ts';
import { etcdSlow } from './resources/control-plane/etcd-slow.rule.ts';
import { etcdSpace } from './resources/control-plane/etcd-space.rule.ts';
import { schedulerLease } from './resources/control-plane/scheduler-lease.rule.ts';
import { schedulerStandby } from './resources/control-plane/scheduler-standby.rule.ts';
import { zoneCertificates } from './resources/control-plane/zone-certificates.command.ts';
import { zoneComponents } from './resources/control-plane/zone-components.command.ts';
import { datasetQuota } from './resources/dataset/dataset-quota.rule.ts';
import { snapshotAge } from './resources/dataset/snapshot-age.rule.ts';
import { zfsList } from './resources/dataset/zfs-list.command.ts';
import { zfsSnapshots } from './resources/dataset/zfs-snapshots.command.ts';
import { diskErrors } from './resources/disk/disk-errors.command.ts';
import { diskErrorsRise } from './resources/disk/disk-errors.rule.ts';
import { diskNames } from './resources/disk/disk-names.command.ts';
import { diskSlow } from './resources/disk/disk-slow.rule.ts';
import { diskSmart } from './resources/disk/disk-smart.rule.ts';
import { eventView } from './resources/event/event.view.ts';
import { eventsWatch } from './resources/event/events.watch.ts';
import { beadmList } from './resources/host/beadm-list.command.ts';
import { dumpadm } from './resources/host/dumpadm.command.ts';
import { fmadmFaulty } from './resources/host/fmadm-faulty.command.ts';
import { fmtopo } from './resources/host/fmtopo.command.ts';
import { hostAuth } from './resources/host/host-auth.rule.ts';
import { hostClock } from './resources/host/host-clock.rule.ts';
import { hostPrograms } from './resources/host/host-commands.rule.ts';
import { hostCpu } from './resources/host/host-cpu.rule.ts';
import { hostFault } from './resources/host/host-fault.rule.ts';
import { hostFrozen } from './resources/host/host-frozen.rule.ts';
import { hostHostkey } from './resources/host/host-hostkey.rule.ts';
import { hostIdentity } from './resources/host/host-identity.command.ts';
import { hostKstats } from './resources/host/host-kstats.command.ts';
import { hostMemory } from './resources/host/host-memory.rule.ts';
import { hostPrivilege } from './resources/host/host-privilege.rule.ts';
import { hostRebooted } from './resources/host/host-rebooted.rule.ts';
import { hostSensor, topologySensor } from './resources/host/host-sensor.rule.ts';
import { hostService } from './resources/host/host-service.rule.ts';
import { hostShell } from './resources/host/host-shell.hand-over.ts';
import { hostSwap } from './resources/host/host-swap.rule.ts';
import { hostUnreachable } from './resources/host/host-unreachable.rule.ts';
import { hostUpdates } from './resources/host/host-updates.rule.ts';
import { hostView } from './resources/host/host.view.ts';
import { ipmitoolSensor } from './resources/host/ipmitool-sensor.command.ts';
import { jumpDown } from './resources/host/jump-down.rule.ts';
import { messages } from './resources/host/messages.command.ts';
import { profiles } from './resources/host/profiles.command.ts';
import { psrinfo } from './resources/host/psrinfo.command.ts';
import { smartctl } from './resources/host/smartctl.command.ts';
import { sshSession } from './resources/host/ssh-session.command.ts';
import { svcsZones } from './resources/host/svcs-zones.command.ts';
import { svcs } from './resources/host/svcs.command.ts';
import { timeSync } from './resources/host/time-sync.command.ts';
import { migrationsWatch } from './resources/kubevirt/migrations.watch.ts';
import { virtualMachineInstancesWatch } from './resources/kubevirt/virtual-machine-instances.watch.ts';
import { virtualMachinesWatch } from './resources/kubevirt/virtual-machines.watch.ts';
import { vmMigration } from './resources/kubevirt/vm-migration.rule.ts';
import { addressDuplicate } from './resources/link/address-duplicate.rule.ts';
import { aggrDegraded } from './resources/link/aggr-degraded.rule.ts';
import { aggrDown } from './resources/link/aggr-down.rule.ts';
import { dladmShowAggr } from './resources/link/dladm-show-aggr.command.ts';
import { dladmShowBridge } from './resources/link/dladm-show-bridge.command.ts';
import { dladmShowLink } from './resources/link/dladm-show-link.command.ts';
import { dladmShowLinkprop } from './resources/link/dladm-show-linkprop.command.ts';
import { dladmShowPhys } from './resources/link/dladm-show-phys.command.ts';
import { dladmShowVlan } from './resources/link/dladm-show-vlan.command.ts';
import { dladmShowVnic } from './resources/link/dladm-show-vnic.command.ts';
import { ipadmShowAddr } from './resources/link/ipadm-show-addr.command.ts';
import { linkDown } from './resources/link/link-down.rule.ts';
import { linkErrors } from './resources/link/link-errors.rule.ts';
import { linkSpeed } from './resources/link/link-speed.rule.ts';
import { bgpNodeConfigsWatch } from './resources/network/bgp-node-configs.watch.ts';
import { bgpPeer } from './resources/network/bgp-peer.rule.ts';
import { bgpPoliciesWatch } from './resources/network/bgp-policies.watch.ts';
import { ciliumAgent } from './resources/network/cilium-agent.rule.ts';
import { endpointSlicesWatch } from './resources/network/endpoint-slices.watch.ts';
import { gatewayNotready, routeNotready } from './resources/network/gateway-notready.rule.ts';
import { gatewaysWatch } from './resources/network/gateways.watch.ts';
import { httpRoutesWatch } from './resources/network/http-routes.watch.ts';
import { ingressesWatch } from './resources/network/ingresses.watch.ts';
import { lbPoolsWatch } from './resources/network/lb-pools.watch.ts';
import { networkView } from './resources/network/network.view.ts';
import { serviceNoendpoints } from './resources/network/service-noendpoints.rule.ts';
import { servicesWatch } from './resources/network/services.watch.ts';
import { webhookUnreachable } from './resources/network/webhook-unreachable.rule.ts';
import {
  mutatingWebhooksWatch,
  validatingWebhooksWatch,
} from './resources/network/webhooks.watch.ts';
import { nodeNotready } from './resources/node/node-notready.rule.ts';
import { nodePressure } from './resources/node/node-pressure.rule.ts';
import { nodeUnschedulable } from './resources/node/node-unschedulable.rule.ts';
import { nodeUsageWatch } from './resources/node/node-usage.watch.ts';
import { nodeVersion } from './resources/node/node-version.rule.ts';
import { nodeDescriber } from './resources/node/node.describe.ts';
import { nodeView } from './resources/node/node.view.ts';
import { nodesWatch } from './resources/node/nodes.watch.ts';
import { claimDescriber, objectDescriber } from './resources/object/object.describe.ts';
import { objectsGrowth } from './resources/object/objects-growth.rule.ts';
import { objectsView } from './resources/object/objects.view.ts';
import { podCrashloop } from './resources/pod/pod-crashloop.rule.ts';
import { podImagepull } from './resources/pod/pod-imagepull.rule.ts';
import { podOom } from './resources/pod/pod-oom.rule.ts';
import { podPending } from './resources/pod/pod-pending.rule.ts';
import { podStuck } from './resources/pod/pod-stuck.rule.ts';
import { podUsageWatch } from './resources/pod/pod-usage.watch.ts';
import { podDescriber } from './resources/pod/pod.describe.ts';
import { podView } from './resources/pod/pod.view.ts';
import { podsWatch } from './resources/pod/pods.watch.ts';
import { poolCapacity } from './resources/pool/pool-capacity.rule.ts';
import { poolDevice } from './resources/pool/pool-device.rule.ts';
import { poolErrors } from './resources/pool/pool-errors.rule.ts';
import { poolResilver } from './resources/pool/pool-resilver.rule.ts';
import { poolScrub } from './resources/pool/pool-scrub.rule.ts';
import { poolState } from './resources/pool/pool-state.rule.ts';
import { zpoolList } from './resources/pool/zpool-list.command.ts';
import { zpoolStatus } from './resources/pool/zpool-status.command.ts';
import { feedsView } from './resources/source/feeds.view.ts';
import { sourceComplaints } from './resources/source/source-complaints.rule.ts';
import { sourceStale } from './resources/source/source-stale.rule.ts';
import { backupAge } from './resources/storage/backup-age.rule.ts';
import { cephClustersWatch } from './resources/storage/ceph-clusters.watch.ts';
import { claimsWatch } from './resources/storage/claims.watch.ts';
import { diskPoolsWatch } from './resources/storage/disk-pools.watch.ts';
import { longhornBackupsWatch } from './resources/storage/longhorn-backups.watch.ts';
import { longhornEnginesWatch } from './resources/storage/longhorn-engines.watch.ts';
import { longhornJobsWatch } from './resources/storage/longhorn-jobs.watch.ts';
import { longhornNodesWatch } from './resources/storage/longhorn-nodes.watch.ts';
import { longhornReplicasWatch } from './resources/storage/longhorn-replicas.watch.ts';
import { longhornVolumesWatch } from './resources/storage/longhorn-volumes.watch.ts';
import { persistentVolumesWatch } from './resources/storage/persistent-volumes.watch.ts';
import { pvcPending } from './resources/storage/pvc-pending.rule.ts';
import { storageClassesWatch } from './resources/storage/storage-classes.watch.ts';
import { cephPool, diskPoolPool, longhornNodePool } from './resources/storage/storage-pool.rule.ts';
import { storageView } from './resources/storage/storage.view.ts';
import {
  cephDegraded,
  cephFaulted,
  mayastorDegraded,
  mayastorFaulted,
  longhornDegraded,
  longhornFaulted,
} from './resources/storage/volume-degraded.rule.ts';
import { vlanIsolated } from './resources/vlan/vlan-isolated.rule.ts';
import { vlanMismatch } from './resources/vlan/vlan-mismatch.rule.ts';
import { vlanView } from './resources/vlan/vlan.view.ts';
import { cronjobsWatch } from './resources/workload/cronjobs.watch.ts';
import { daemonsetsWatch } from './resources/workload/daemonsets.watch.ts';
import { deploymentsWatch } from './resources/workload/deployments.watch.ts';
import { jobFailed } from './resources/workload/job-failed.rule.ts';
import { jobsWatch } from './resources/workload/jobs.watch.ts';
import { statefulsetsWatch } from './resources/workload/statefulsets.watch.ts';
import {
  daemonsetUnavailable,
  deploymentUnavailable,
  statefulsetUnavailable,
} from './resources/workload/workload-unavailable.rule.ts';
import { workloadDescriber } from './resources/workload/workload.describe.ts';
import { workloadView } from './resources/workload/workload.view.ts';
import { groupRedundancy } from './resources/zone/group-redundancy.rule.ts';
import { groupView } from './resources/zone/group.view.ts';
import { ps } from './resources/zone/ps.command.ts';
import { vmDown } from './resources/zone/vm-down.rule.ts';
import { vmMemory } from './resources/zone/vm-memory.rule.ts';
import { vmView } from './resources/zone/vm.view.ts';
import { vmmKstats } from './resources/zone/vmm-kstats.command.ts';
import { zoneConsole } from './resources/zone/zone-console.hand-over.ts';
import { zoneCpu } from './resources/zone/zone-cpu.rule.ts';
import { zoneDisk } from './resources/zone/zone-disk.rule.ts';
import { zoneDown } from './resources/zone/zone-down.rule.ts';
import { zoneFiles } from './resources/zone/zone-files.command.ts';
import { zoneHalt } from './resources/zone/zone-halt.action.ts';
import { zoneMemory } from './resources/zone/zone-memory.rule.ts';
import { zoneReboot, zoneRestart } from './resources/zone/zone-restart.action.ts';
import { zoneRestarting } from './resources/zone/zone-restarting.rule.ts';
import { zoneService } from './resources/zone/zone-service.rule.ts';
import { zoneShell } from './resources/zone/zone-shell.hand-over.ts';
import { zoneStuck } from './resources/zone/zone-stuck.rule.ts';
import { zoneView } from './resources/zone/zone.view.ts';
import { zoneadmList } from './resources/zone/zoneadm-list.command.ts';
import { zonecfgExport } from './resources/zone/zonecfg-export.command.ts';

/** Forgets which feed a command fills; the store puts each answer where its command says. */
const command = <K extends FeedName>(descriptor: HostCommand<K>): HostCommand =>
  descriptor as unknown as HostCommand;
/** The same for rules: the engine gives each exactly the feeds that it needs. */
const rule = (descriptor: { readonly scope: Rule['scope'] }): Rule => descriptor as Rule;

/** Questions to hosts, in the order in which a fresh connection asks them. */
export const hostCommands: readonly HostCommand[] = [
  command(zoneadmList),
  command(hostKstats),
  command(zoneFiles),
  command(zonecfgExport),
  command(ps),
  command(dladmShowLink),
  command(dladmShowVnic),
  command(dladmShowVlan),
  command(dladmShowPhys),
  command(dladmShowAggr),
  command(dladmShowLinkprop),
  command(dladmShowBridge),
  command(ipadmShowAddr),
  command(zpoolList),
  command(zpoolStatus),
  command(fmadmFaulty),
  command(diskErrors),
  command(diskNames),
  command(smartctl),
  command(zfsList),
  command(zfsSnapshots),
  command(svcs),
  command(svcsZones),
  command(messages),
  command(ipmitoolSensor),
  command(hostIdentity),
  command(beadmList),
  command(psrinfo),
  command(timeSync),
  command(fmtopo),
  command(dumpadm),
  command(zoneComponents),
  command(etcdHealth),
  command(profiles),
  command(sshSession),
  command(vmmKstats),
  command(zoneCertificates),
];

/** Kinds that are watched, in the order in which they are listed first. */
export const clusterWatches: readonly ClusterWatch[] = [
  nodesWatch,
  podsWatch,
  deploymentsWatch,
  statefulsetsWatch,
  daemonsetsWatch,
  jobsWatch,
  cronjobsWatch,
  apiServicesWatch,
  certManagerCertificatesWatch,
  servicesWatch,
  endpointSlicesWatch,
  ingressesWatch,
  gatewaysWatch,
  httpRoutesWatch,
  bgpNodeConfigsWatch,
  bgpPoliciesWatch,
  lbPoolsWatch,
  validatingWebhooksWatch,
  mutatingWebhooksWatch,
  eventsWatch,
  claimsWatch,
  persistentVolumesWatch,
  storageClassesWatch,
  longhornVolumesWatch,
  longhornReplicasWatch,
  longhornEnginesWatch,
  longhornNodesWatch,
  longhornBackupsWatch,
  longhornJobsWatch,
  diskPoolsWatch,
  cephClustersWatch,
  virtualMachinesWatch,
  virtualMachineInstancesWatch,
  migrationsWatch,
  nodeUsageWatch,
  podUsageWatch,
];

export const rules: readonly Rule[] = [
  rule(datasetQuota),
  rule(diskErrorsRise),
  rule(diskSlow),
  rule(groupRedundancy),
  rule(diskSmart),
  rule(hostAuth),
  rule(hostClock),
  rule(hostCpu),
  rule(hostFault),
  rule(hostFrozen),
  rule(hostHostkey),
  rule(hostMemory),
  rule(hostPrivilege),
  rule(hostPrograms),
  rule(hostRebooted),
  rule(hostSensor),
  rule(topologySensor),
  rule(hostService),
  rule(hostSwap),
  rule(hostUnreachable),
  rule(jumpDown),
  rule(addressDuplicate),
  rule(aggrDegraded),
  rule(aggrDown),
  rule(hostUpdates),
  rule(jobFailed),
  rule(linkDown),
  rule(linkErrors),
  rule(linkSpeed),
  rule(vlanIsolated),
  rule(vlanMismatch),
  rule(nodeNotready),
  rule(backupAge),
  rule(pvcPending),
  rule(nodePressure),
  rule(nodeUnschedulable),
  rule(nodeVersion),
  rule(vmMigration),
  rule(cephPool),
  rule(diskPoolPool),
  rule(longhornNodePool),
  rule(cephDegraded),
  rule(cephFaulted),
  rule(mayastorDegraded),
  rule(mayastorFaulted),
  rule(longhornDegraded),
  rule(longhornFaulted),
  rule(objectsGrowth),
  rule(podCrashloop),
  rule(podImagepull),
  rule(podOom),
  rule(podPending),
  rule(podStuck),
  rule(webhookUnreachable),
  rule(bgpPeer),
  rule(ciliumAgent),
  rule(gatewayNotready),
  rule(routeNotready),
  rule(serviceNoendpoints),
  rule(poolCapacity),
  rule(poolDevice),
  rule(poolErrors),
  rule(poolResilver),
  rule(poolScrub),
  rule(poolState),
  rule(snapshotAge),
  rule(sourceComplaints),
  rule(sourceStale),
  rule(vmDown),
  rule(vmMemory),
  rule(zoneCpu),
  rule(zoneDisk),
  rule(deploymentUnavailable),
  rule(statefulsetUnavailable),
  rule(daemonsetUnavailable),
  rule(zoneDown),
  rule(zoneMemory),
  rule(zoneRestarting),
  rule(zoneService),
  rule(zoneStuck),
  rule(apiDeprecated),
  rule(apiDown),
  rule(apiInstance),
  rule(apiMemory),
  rule(apiSlow),
  rule(apiVip),
  rule(certExpiry),
  rule(controllerLease),
  rule(controllerStandby),
  rule(etcdFragmentation),
  rule(etcdLeader),
  rule(etcdMember),
  rule(etcdQuorum),
  rule(etcdSlow),
  rule(etcdSpace),
  rule(schedulerLease),
  rule(schedulerStandby),
  rule(apiserviceUnavailable),
];

/** Who describes which kinds of objects of a cluster; the last one any other. */
export const describers: readonly Describer[] = [
  podDescriber,
  nodeDescriber,
  workloadDescriber,
  claimDescriber,
  objectDescriber,
];

export const actions: readonly Action[] = [zoneRestart, zoneReboot, zoneHalt];

/** What the terminal can be handed to. */
export const handOvers: readonly HandOver[] = [hostShell, zoneShell, zoneConsole];

/** The views of each pane, one per tab. */
export const paneViews = {
  hosts: [
    bindView(hostView),
    bindView(feedsView),
    bindView(doctorView(hostCommands, clusterWatches)),
  ],
  zones: [bindView(zoneView)],
  vms: [bindView(vmView)],
  vlans: [bindView(vlanView)],
  cluster: [
    bindView(clusterView),
    bindView(componentView),
    bindView(nodeView),
    bindView(workloadView),
    bindView(podView),
    bindView(storageView),
    bindView(networkView),
    bindView(eventView),
    bindView(certificateView),
    bindView(objectsView),
    bindView(groupView),
  ],
} satisfies Readonly<Record<string, readonly BoundView[]>>;
