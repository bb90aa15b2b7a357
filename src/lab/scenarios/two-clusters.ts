import type { Scenario } from '../scenario.ts';

export const twoClusters: Scenario = {
  name: 'two-clusters',
  summary:
    'nothing happens to hosts that carry the control planes of two clusters, the second one stacked',
  layout: 'two-clusters',
  steps: [],
};
