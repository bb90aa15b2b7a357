/** The lab's cluster; a line on stdin lets the storm of replicas begin, its end ends the process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startKubeApi } from '../../src/lab/kube/api.ts';
import { give } from './measure.ts';

const [folder = '.', upTo = '0', perSecond = '0'] = process.argv.slice(2);
const api = await startKubeApi({ seed: 1 });
const kubeconfig = join(folder, 'storm-kubeconfig');
writeFileSync(kubeconfig, api.kubeconfig());
give({ kubeconfig });
process.stdin.on('data', () => {
  api.startReplicaStorm(Number(perSecond), Number(upTo));
});
process.stdin.once('end', () => process.exit());
