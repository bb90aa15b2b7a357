import type { AggrEntry, AggrPort } from './link.ts';

/** Whether the aggregation speaks LACP; the ports' LACP state means nothing where it does not. */
export const speaksLacp = ({ lacpActivity }: Pick<AggrEntry, 'lacpActivity'>): boolean =>
  lacpActivity !== null && lacpActivity !== 'off';

/**
 * What is wrong with a port of an aggregation, in words; nothing when all is well or not known. The LACP state of a port
 * that is down is not looked at: it may still be the one from before.
 */
export function portFaults(
  aggr: Pick<AggrEntry, 'lacpActivity'>,
  { state, portState, lacp }: AggrPort,
): readonly string[] {
  if (state === 'down') return ['down'];
  const faults: string[] = [];
  if (lacp && speaksLacp(aggr)) {
    if (lacp.aggregatable === false) faults.push('not aggregatable');
    if (lacp.sync === false) faults.push('not in sync');
    if (lacp.sync !== false && lacp.collecting === false) faults.push('not collecting');
    if (lacp.sync !== false && lacp.distributing === false) faults.push('not distributing');
    if (lacp.defaulted === true) faults.push('no partner (defaulted)');
    if (lacp.expired === true) faults.push('partner silent (expired)');
  }
  if (faults.length === 0 && portState !== 'attached' && portState !== 'unknown')
    faults.push(portState);
  return faults;
}

/** Whether the port carries no traffic of its aggregation. */
export const isPortLost = (aggr: Pick<AggrEntry, 'lacpActivity'>, port: AggrPort): boolean =>
  port.state === 'down' ||
  (speaksLacp(aggr) && (port.lacp?.sync === false || port.lacp?.distributing === false));
