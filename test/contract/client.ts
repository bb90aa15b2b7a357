import { sendRequest } from '../../src/collect/kube/kube-request.ts';
import type { KubeReply, RequestOptions } from '../../src/collect/kube/kube-request.ts';
import { createKubeTransport } from '../../src/collect/kube/kube-transport.ts';
import type { KubeTransport } from '../../src/collect/kube/kube-transport.ts';
import { defaultTiming } from '../../src/collect/kube/timing.ts';
import { clusterSettings } from '../support/cluster-settings.ts';

export type Metadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly generation?: number;
  readonly resourceVersion: string;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
};
export type Item = { readonly metadata: Metadata; readonly [field: string]: unknown };

/** The product's own requests, with their answers as JSON. */
export type Client = {
  readonly transport: KubeTransport;
  readonly signal: AbortSignal;
  readonly send: (
    method: RequestOptions['method'],
    path: string,
    body?: unknown,
    contentType?: string,
  ) => Promise<KubeReply>;
  /** The body of a request that must succeed. */
  readonly ask: (...request: Parameters<Client['send']>) => Promise<Item>;
  /** The status of a request that must be refused, and its words. */
  readonly refusal: (
    ...request: Parameters<Client['send']>
  ) => Promise<{ readonly status: number; readonly message: string }>;
  readonly close: () => Promise<void>;
};

/** Connects by a kubeconfig. */
export async function connect(kubeconfig: string): Promise<Client> {
  const closing = new AbortController();
  const settings = clusterSettings('contract', kubeconfig);
  const transport = createKubeTransport(settings, defaultTiming, Date.now);
  await transport.configure();
  const send: Client['send'] = (method, path, body, contentType) =>
    sendRequest(
      transport,
      {
        method,
        path,
        timeoutSeconds: 20,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(contentType === undefined ? {} : { contentType }),
      },
      closing.signal,
    );
  return {
    transport,
    signal: closing.signal,
    send,
    ask: async (...request) => {
      const reply = await send(...request);
      if (reply.kind !== 'done') throw new Error(`${request[1]}: ${JSON.stringify(reply)}`);
      return JSON.parse(reply.body) as Item;
    },
    refusal: async (...request) => {
      const reply = await send(...request);
      if (reply.kind !== 'refused') throw new Error(`${request[1]} was not refused: ${reply.kind}`);
      return { status: reply.status, message: reply.error.message };
    },
    close: async () => {
      closing.abort();
      await transport.close();
    },
  };
}
