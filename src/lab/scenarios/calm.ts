import type { Scenario } from '../scenario.ts';

export const calm: Scenario = {
  name: 'calm',
  summary: 'nothing goes wrong',
  steps: [],
};
