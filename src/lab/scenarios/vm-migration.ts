import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

const AGAIN_SECONDS = 60;

export const vmMigration: Scenario = {
  name: 'vm-migration',
  summary: `a virtual machine moves to another node, and fails to move on ${AGAIN_SECONDS} s later`,
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: 'the machine apps/build-debian begins to move to another node',
      apply: ({ kube }) => {
        kube.migrate('apps', 'build-debian');
      },
    },
    {
      atSeconds: FIRST_FAULT_SECONDS + AGAIN_SECONDS,
      describe: 'it is to move again, but changes its memory faster than it is copied',
      apply: ({ kube }) => {
        kube.setMigrationFault(
          'Live migration is not completed after 150 seconds and has been aborted',
        );
        kube.migrate('apps', 'build-debian');
      },
    },
  ],
};
