import type { Action, Observation } from '../../domain/action.ts';
import { isLostPort } from '../../domain/control-plane.ts';
import { lastKnown, lastValue } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { findHost, findZone } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import type { Ref } from '../../domain/ref.ts';
import { componentsIn } from '../../domain/role.ts';
import { toldOf } from '../../domain/zone-component.ts';
import type { ComponentKind, ZoneComponent } from '../../domain/zone-component.ts';
import { isVmBrand } from '../../domain/zone.ts';
import { nextFor, plannable, planOf, unavailable } from './zone-plan.ts';

/** The kernel gives boot times in whole seconds, and they move when the host's clock is set. */
const BOOT_JITTER_MS = 2000;

/** A component starts, finds its peers and reads what it has missed. */
const observeSeconds = ({ role }: Zone): number => (componentsIn(role).length > 0 ? 180 : 60);

/**
 * Restarts a zone or VM cleanly; one that is installed and not running is booted. zoneadm(8) waits for the shutdown for `stop/timeout_seconds` of
 * svc:/system/zones:default (100 s) and fails after that, although the zone may still go down.
 */
export const zoneRestart: Action = {
  id: 'zone.restart',
  verb: 'restart',
  label: 'Restart',
  key: 'r',
  kinds: ['zone', 'vm'],
  guard: 1,
  stops: true,
  unavailable: (subject, inventory) => unavailable(subject, inventory, ['running', 'installed']),
  plan: (subject, inventory) => {
    const zone = plannable(subject, inventory, ['running', 'installed']);
    if (zone.state === 'installed')
      return planOf('zone.restart', zone, ['boot'], {
        timeoutSeconds: 180,
        observeSeconds: observeSeconds(zone),
        effects: [
          'it is not running: boots it',
          ...(zone.autoboot === false ? ['it was off on purpose: autoboot is false'] : []),
        ],
      });
    return planOf('zone.restart', zone, ['shutdown', '-r'], {
      timeoutSeconds: 240,
      observeSeconds: isVmBrand(zone.brand) ? 300 : observeSeconds(zone),
      effects: isVmBrand(zone.brand)
        ? [
            'asks the guest to power off (ACPI), then boots it again',
            'a guest that does not react keeps running: the command then fails after 100 s',
            'whatever the guest serves is away until it has booted',
          ]
        : [
            'runs the shutdown scripts inside the zone, then boots it again',
            'whatever the zone serves is away until its services are online',
            'the zone gets a new zone id',
          ],
    });
  },
  observe,
  next: nextFor,
};

/** Restarts a zone or VM hard: halt and boot. For a VM the halt may wait up to 30 minutes for bhyve(8) to end. */
export const zoneReboot: Action = {
  id: 'zone.reboot',
  verb: 'reboot',
  label: 'Reboot, hard',
  key: 'R',
  kinds: ['zone', 'vm'],
  guard: 1,
  stops: true,
  unavailable: (subject, inventory) => unavailable(subject, inventory, ['running']),
  plan: (subject, inventory) => {
    const zone = plannable(subject, inventory, ['running']);
    return planOf('zone.reboot', zone, ['reboot'], {
      timeoutSeconds: isVmBrand(zone.brand) ? 1900 : 180,
      observeSeconds: observeSeconds(zone),
      effects: [
        isVmBrand(zone.brand)
          ? 'ends the virtual machine without asking its guest, then boots it again'
          : 'kills every process of the zone without shutdown scripts, then boots it again',
        'what was not written to disk is lost',
        ...(isVmBrand(zone.brand) ? ['the halt of a VM that hangs may take 30 minutes'] : []),
      ],
    });
  },
  observe,
  next: nextFor,
};

function observe(subject: Ref, before: Inventory, now: Inventory): Observation {
  const was = findZone(before, subject);
  const zone = findZone(now, subject);
  // zoneadm(8) may leave out a zone that is being halted.
  if (!zone) return { state: 'waiting', step: 'not listed for a moment' };
  switch (zone.state) {
    case 'running': {
      if (was && was.state !== 'running')
        return whenWell(
          zone,
          { kinds: componentsIn(zone.role), mayBeUnknown: true, port: false },
          now,
          `running with zone id ${zone.zoneId}, it was ${was.stateText}`,
        );
      const evidence = bootedAnew(was, zone);
      return evidence === null
        ? { state: 'waiting', step: 'still running as before' }
        : whenWell(
            zone,
            {
              kinds: wellIn(before, zone),
              mayBeUnknown: false,
              port: !hasLostPort(before, zone),
            },
            now,
            evidence,
          );
    }
    case 'installed':
    case 'configured':
      return { state: 'failed', reason: `is ${zone.stateText} and was not booted` };
    case 'incomplete':
    case 'mounted':
      return { state: 'failed', reason: `is ${zone.stateText}, from which it cannot boot` };
    case 'ready':
      return { state: 'waiting', step: 'ready, booting' };
    case 'shutting_down':
      return { state: 'waiting', step: 'shutting down' };
    case 'down':
      return { state: 'waiting', step: 'down, its resources are being freed' };
    case 'unknown':
      return { state: 'waiting', step: zone.stateText };
  }
}

const toldIn = (inventory: Inventory, { host }: Zone): Feed<readonly ZoneComponent[]> | undefined =>
  findHost(inventory, host)?.feeds.zoneComponents;

/** The components in a zone that said that they are well. */
function wellIn(inventory: Inventory, zone: Zone): readonly ComponentKind[] {
  const feed = toldIn(inventory, zone);
  return ((feed && lastValue(feed)) ?? []).flatMap((each) =>
    each.zone === zone.name && each.state === 'ok' ? [each.kind] : [],
  );
}

type Wanted = {
  readonly kinds: readonly ComponentKind[];
  /**
   * What gives no answer that tells anything is not waited for, as where there is no curl. A component whose process is
   * not seen yet is not even asked: it is unknown without a reason.
   */
  readonly mayBeUnknown: boolean;
  /** The port of a member of etcd that answered before. */
  readonly port: boolean;
};

const hasLostPort = ({ clusters }: Inventory, { name }: Zone): boolean =>
  clusters.some(({ feeds }) =>
    lastKnown(feeds.controlPlane)?.value.etcdPorts.some(
      (port) => port.member === name && isLostPort(port),
    ),
  );

/**
 * Those components of a control plane are seen to be well, by an answer that is newer than the boot: their stand-ins are
 * needed until then. Where nobody may ask them the zone is all that is seen.
 */
function whenWell(
  zone: Zone,
  { kinds, mayBeUnknown, port }: Wanted,
  now: Inventory,
  evidence: string,
): Observation {
  const told = toldIn(now, zone);
  if (kinds.length === 0 || told === undefined || told.status === 'denied')
    return { state: 'done', evidence };
  const isNew = told.status === 'ok' && told.at > Math.max(zone.stateSince, zone.bootedAt ?? 0);
  const states = kinds.map((kind) => ({
    kind,
    own: isNew ? toldOf(told.value, zone.name, kind) : undefined,
  }));
  const isOver = (own: ZoneComponent | undefined): boolean =>
    own?.state === 'ok' || (mayBeUnknown && own?.state === 'unknown' && own.reason !== null);
  const waiting = states.filter(({ own }) => !isOver(own));
  if (waiting.length > 0)
    return {
      state: 'waiting',
      step: `running, not well yet: ${waiting.map(({ kind, own }) => `${kind}${own?.reason ? `: ${own.reason}` : ''}`).join(', ')}`,
    };
  if (port && kinds.includes('etcd') && hasLostPort(now, zone))
    return { state: 'waiting', step: 'running, not well yet: etcd: its port does not answer' };
  const well = states.flatMap(({ kind, own }) => (own?.state === 'ok' ? [kind] : []));
  return {
    state: 'done',
    evidence: well.length === 0 ? evidence : `${evidence}; ${well.join(', ')} well`,
  };
}

/** By what it is seen that a zone that ran has been booted since; null when it has not. */
const bootedAnew = (was: Zone | undefined, zone: Zone): string | null =>
  hasNewId(was, zone)
    ? `running with zone id ${zone.zoneId}, it was ${was?.zoneId ?? 'none'}`
    : hasNewBoot(was, zone)
      ? 'running with a newer boot time'
      : null;

const hasNewId = (was: Zone | undefined, zone: Zone): boolean =>
  zone.zoneId !== null &&
  was?.zoneId !== undefined &&
  was.zoneId !== null &&
  was.zoneId !== zone.zoneId;

const hasNewBoot = (was: Zone | undefined, zone: Zone): boolean =>
  zone.bootedAt !== null &&
  was?.bootedAt !== undefined &&
  was.bootedAt !== null &&
  zone.bootedAt > was.bootedAt + BOOT_JITTER_MS;
