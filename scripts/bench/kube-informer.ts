/** The informers of client-node, with all nodes and pods. */
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { Agent } from 'undici';
import { setUpAsShipped } from './as-shipped.ts';
import { measureKube } from './kube-client.ts';

setUpAsShipped();

await measureKube(async ({ kubeconfig }) => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const pods = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
  const nodes = makeInformer(config, '/api/v1/nodes', () => api.listNode());
  let changes = 0;
  pods.on('update', () => {
    changes += 1;
  });
  // It ends at any error; a bench that goes on without it would measure nothing.
  for (const informer of [pods, nodes])
    informer.on('error', (error) => {
      throw error instanceof Error ? error : new Error(String(error));
    });
  const server = config.getCurrentCluster()?.server ?? '';
  const options: Parameters<typeof config.applyToHTTPSOptions>[0] = {};
  await config.applyToHTTPSOptions(options);
  const agent = new Agent({
    connect: { ca: String(options.ca), cert: String(options.cert), key: String(options.key) },
  });
  const ask = async (path: string): Promise<unknown> => {
    const { body } = await agent.request({ origin: server, path, method: 'GET' });
    return body.text();
  };
  return {
    warm: async () => {
      await ask('/version');
    },
    start: () => {
      void nodes.start();
      void pods.start();
    },
    seen: () => ({ nodes: nodes.list().length, pods: pods.list().length, changes }),
    ask,
  };
});
