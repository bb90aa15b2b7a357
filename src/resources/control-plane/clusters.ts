import { componentsOf, isToldElsewhere } from '../../domain/components.ts';
import type { Component } from '../../domain/components.ts';
import type { ProbeState } from '../../domain/control-plane.ts';
import type { ClusterInventory, Inventory } from '../../domain/inventory.ts';
import { spanSince } from '../../domain/lasting.ts';
import type { Finding } from '../../domain/problem.ts';
import type { EpochMs } from '../../domain/time.ts';
import { isSound } from '../../domain/zone-component.ts';
import { isVmBrand } from '../../domain/zone.ts';

/** What is found in each cluster with its components; an etcd that several share is looked at once. */
export const inClusters = (
  inventory: Inventory,
  now: EpochMs,
  check: (cluster: ClusterInventory, components: readonly Component[]) => readonly Finding[],
): readonly Finding[] =>
  inventory.clusters.flatMap((cluster) =>
    check(
      cluster,
      componentsOf(inventory, cluster, now).filter((each) => !isToldElsewhere(each)),
    ),
  );

const ANSWERS: ReadonlySet<ProbeState> = new Set(['ok', 'denied', 'failing', 'overloaded']);

/** Whether it was asked of late and answered, be it that it is not ready. */
export const answers = ({ direct }: Component): boolean =>
  direct?.fresh === true && ANSWERS.has(direct.state);
/** Whether it was asked of late and serves. */
export const serves = ({ direct }: Component): boolean =>
  direct?.fresh === true && (direct.state === 'ok' || direct.state === 'denied');

/** Until the next question after one that timed out has been answered, if it is answered at all. */
const NEXT_ANSWER_MS = 6000;

/**
 * Whether all that is known against it is one question that timed out just now. A pause of a few seconds, here or there,
 * is no outage: the next question tells.
 */
export function mayBePause({ direct, inside, gone }: Component, now: EpochMs): boolean {
  if (direct?.fresh !== true || direct.state !== 'timeout' || gone !== null) return false;
  if (inside?.fresh === true && !isSound(inside)) return false;
  return spanSince(direct.since, now, [NEXT_ANSWER_MS]) < NEXT_ANSWER_MS;
}

/** `zone apisrv1 on omni1`, or what is known in its place. */
export const placeText = ({ zone, direct, port, address }: Component): string =>
  zone === null
    ? (direct?.address ?? port?.address ?? address ?? 'a place that is not known')
    : `${isVmBrand(zone.brand) ? 'VM' : 'zone'} ${zone.name} on ${zone.host}`;

/** How it is not well, by both sides. */
export function stateText(component: Component): string {
  const { direct, inside, gone, state } = component;
  const isToldDirectly = direct?.fresh === true && direct.state === 'failing';
  const parts = [
    direct?.fresh === true && direct.state !== 'ok'
      ? direct.error?.code === 'not-ready'
        ? direct.error.message
        : direct.state
      : null,
    gone,
    gone === null && !isToldDirectly && inside?.fresh === true && !isSound(inside)
      ? inside.state === 'timeout'
        ? 'no answer within its zone'
        : `${inside.reason ?? inside.state} within its zone`
      : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? state : parts.join('; ');
}

/** What a person does next about a component that is not well. */
export const nextStep = ({ zone, kind, direct }: Component): string =>
  zone === null
    ? `see whether ${kind} runs at ${direct?.address ?? 'its address'}`
    : isVmBrand(zone.brand)
      ? `enter tells what is known; C on VM ${zone.name} opens its console, r restarts it`
      : `enter tells what both sides say; s on zone ${zone.name} opens a shell in it, r restarts it`;
