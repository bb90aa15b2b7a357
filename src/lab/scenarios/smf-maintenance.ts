import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

const REASON = 'Start method failed repeatedly, last exited with status 1.';

export const smfMaintenance: Scenario = {
  name: 'smf-maintenance',
  summary:
    'a service of the global zone of omni1 gives up, and one inside the zone postgres of store1',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'svc:/system/cron:default of omni1 and the database of store1/postgres give up',
      apply: ({ world }) => {
        world.setServiceFault('omni1', 'global', 'svc:/system/cron:default', {
          state: 'maintenance',
          reason: REASON,
        });
        world.setServiceFault('store1', 'postgres', 'svc:/ooce/database/postgresql17:default', {
          state: 'maintenance',
          reason: REASON,
        });
      },
    },
  ],
};
