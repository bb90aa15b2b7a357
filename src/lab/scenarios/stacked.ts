import type { Scenario } from '../scenario.ts';

export const stacked: Scenario = {
  name: 'stacked',
  summary:
    'nothing happens to a control plane whose components share a zone on each host, with the events in an etcd of their own',
  layout: 'stacked',
  steps: [],
};
