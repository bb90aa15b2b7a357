import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { AggrEntry, AggrPort, LacpState, LinkEntry } from '../../../src/domain/link.ts';
import type { HostRule } from '../../../src/domain/problem.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

/** LACP that collects and distributes. */
export const IN_SYNC: LacpState = {
  aggregatable: true,
  sync: true,
  collecting: true,
  distributing: true,
  defaulted: false,
  expired: false,
};
/** LACP whose partner does not answer. */
export const NO_PARTNER: LacpState = {
  ...IN_SYNC,
  sync: false,
  collecting: false,
  distributing: false,
  defaulted: true,
};

export const aggrPort = (name: string, change: Partial<AggrPort> = {}): AggrPort => ({
  name,
  state: 'up',
  speedMbps: 10_000,
  duplex: 'full',
  portState: 'attached',
  lacp: IN_SYNC,
  ...change,
});

/** An aggregation `aggr0` that speaks LACP. */
export const aggrEntry = (
  ports: readonly AggrPort[],
  change: Partial<AggrEntry> = {},
): AggrEntry => ({
  name: 'aggr0',
  state: 'up',
  speedMbps: 20_000,
  macAddress: null,
  policy: 'L4',
  lacpActivity: 'active',
  ports,
  ...change,
});

/** A host whose links are those, with what show-aggr tells where it does. */
export const linkedHost = (
  links: readonly LinkEntry[],
  aggrs?: readonly AggrEntry[],
): HostInventory =>
  makeHost('omni1', {
    links: answered(links),
    ...(aggrs ? { aggrs: answered(aggrs) } : {}),
  });

/** What a rule over links finds there. */
export const findings = (rule: HostRule<'links'>, host: HostInventory) =>
  rule.check({ links: [] }, host, NOW, plainContext);

/** Severity and subject of each finding: `critical aggr0`. */
export const briefly = (rule: HostRule<'links'>, host: HostInventory): readonly string[] =>
  findings(rule, host).map(
    ({ severity, subject }) => `${severity ?? rule.severity} ${subject.replace('link:omni1/', '')}`,
  );
