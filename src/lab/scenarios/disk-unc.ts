import { FIRST_FAULT_SECONDS, type Scenario } from '../scenario.ts';

const HOST = 'store1';

export const diskUnc: Scenario = {
  name: 'disk-unc',
  summary: 'a spinning disk of tank on store1 cannot read some of its blocks, and takes its time',
  steps: [
    {
      atSeconds: FIRST_FAULT_SECONDS,
      describe: `a disk of tank on ${HOST} loses blocks (UNC) and gets slow`,
      apply: ({ world }) => {
        const disk = world.diskOfPool(HOST, 'tank', 3);
        world.wearDisk(HOST, disk, 1);
        world.setDiskPace(HOST, disk, 210);
      },
    },
  ],
};
