import { readEntry } from './collection.ts';
import type { KubeObject } from './object.ts';
import { conditionOf, withCondition, type Condition } from './pod.ts';
import type { Simulation } from './simulation.ts';
import { rfc3339 } from './time.ts';

const API_SERVICES = 'apiservices.apiregistration.k8s.io';
const SLICES = 'endpointslices.discovery.k8s.io';
const WRITER = { manager: 'kube-apiserver', subresource: 'status' };

type ApiService = KubeObject & {
  readonly spec: {
    readonly service?: {
      readonly namespace: string;
      readonly name: string;
      readonly port?: number;
    };
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
};
type Slice = KubeObject & {
  readonly endpoints?: readonly { readonly conditions: { readonly ready: boolean } }[];
};
type Service = KubeObject & {
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
};

/**
 * Says of each API that another server serves whether that can be had, as the aggregator in the API server does: by
 * its service, and by the endpoints of that.
 */
export function startAggregator({
  store,
  clock,
  timers,
}: Pick<Simulation, 'store' | 'clock' | 'timers'>): void {
  const verdict = ({
    namespace,
    name,
    port = 443,
  }: NonNullable<ApiService['spec']['service']>): Pick<
    Condition,
    'status' | 'reason' | 'message'
  > => {
    const service = store.get('services', namespace, name) as Service | undefined;
    if (!service)
      return {
        status: 'False',
        reason: 'ServiceNotFound',
        message: `service/${name} in "${namespace}" is not present`,
      };
    const hasEndpoint = (store.list(SLICES, namespace) as readonly Slice[]).some(
      ({ metadata, endpoints = [] }) =>
        metadata.labels?.['kubernetes.io/service-name'] === name &&
        endpoints.some(({ conditions }) => conditions.ready),
    );
    if (hasEndpoint) return { status: 'True', reason: 'Passed', message: 'all checks passed' };
    const portName = service.spec.ports?.find((each) => each.port === port)?.name ?? '';
    return {
      status: 'False',
      reason: 'MissingEndpoints',
      message: `endpoints for service/${name} in "${namespace}" have no addresses with port name "${portName}"`,
    };
  };

  const judge = (name: string): void => {
    const found = store.get(API_SERVICES, undefined, name) as ApiService | undefined;
    const service = found?.spec.service;
    if (!found || !service) return;
    const next = verdict(service);
    const before = conditionOf(found.status?.conditions, 'Available');
    if (before?.status === next.status && before.reason === next.reason) return;
    store.modify(
      API_SERVICES,
      undefined,
      name,
      (object) => ({
        ...object,
        status: {
          conditions: withCondition((object as ApiService).status?.conditions, {
            type: 'Available',
            ...next,
            lastTransitionTime: rfc3339(clock()),
          }),
        },
      }),
      WRITER,
    );
  };
  const enqueue = (name: string): void => timers.soon(`API service ${name}`, () => judge(name));
  /** Those that a service serves; all of a namespace would be too many in a cluster that grows. */
  const enqueueServedBy = (namespace: string | undefined, service: string | undefined): void => {
    for (const { metadata, spec } of store.list(API_SERVICES) as readonly ApiService[])
      if (spec.service?.namespace === namespace && spec.service?.name === service)
        enqueue(metadata.name);
  };

  store.subscribe(API_SERVICES, ({ object }) => enqueue(readEntry(object).metadata.name));
  store.subscribe('services', ({ object }) => {
    const { namespace, name } = readEntry(object).metadata;
    enqueueServedBy(namespace, name);
  });
  store.subscribe(SLICES, ({ object }) => {
    const { namespace, labels } = readEntry(object).metadata;
    enqueueServedBy(namespace, labels?.['kubernetes.io/service-name']);
  });
}
