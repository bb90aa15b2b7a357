import { expect, onTestFinished, test } from 'vitest';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeObject } from '../../../src/lab/kube/object.ts';

const HOUR = 3_600_000;

async function start() {
  const kube = await startKubeApi({ seed: 7, paceMs: 5 });
  onTestFinished(kube.close);
  const get = (resource: string, namespace: string, name: string): KubeObject | undefined =>
    kube.store.get(`${resource}.cert-manager.io`, namespace, name);
  const status = (name: string): Record<string, unknown> =>
    (get('certificates', 'longhorn-system', name)?.['status'] ?? {}) as Record<string, unknown>;
  const condition = (name: string, type: string) =>
    (
      status(name)['conditions'] as readonly { type: string; status: string; reason: string }[]
    ).find((each) => each.type === type);
  const left = (name: string): number => Date.parse(String(status(name)['notAfter'])) - Date.now();
  return { kube, get, status, condition, left };
}
const NAME = 'longhorn-ui-tls';

test('a certificate of which a third is left is renewed, by a request of the next revision', async () => {
  const { kube, get, status, left } = await start();
  const before = Number(status(NAME)['revision']);
  kube.ageCertificate('longhorn-system', NAME, 50);
  await expect.poll(() => left(NAME)).toBeGreaterThan(160 * HOUR);
  expect(status(NAME)['revision']).toBe(before + 1);
  expect(get('certificaterequests', 'longhorn-system', `${NAME}-${before}`)).toBeUndefined();
  const request = get('certificaterequests', 'longhorn-system', `${NAME}-${before + 1}`);
  expect(JSON.stringify(request?.['status'])).toContain('fetched from issuer successfully');
  const events = kube.store.list('events', 'longhorn-system').map((event) => event['message']);
  expect(events).toContain('The certificate has been successfully issued');
});

test('without its issuer it is being renewed until it ends, and is issued when that is back', async () => {
  const { kube, get, status, condition, left } = await start();
  const before = Number(status(NAME)['revision']);
  kube.setIssuerFault('lab-ca', true);
  kube.ageCertificate('longhorn-system', NAME, 11);
  await expect.poll(() => condition(NAME, 'Issuing')?.status).toBe('True');
  expect(condition(NAME, 'Ready')?.status).toBe('True');
  const request = get('certificaterequests', 'longhorn-system', `${NAME}-${before + 1}`);
  expect(JSON.stringify(request?.['status'])).toContain('does not have a Ready status condition');
  kube.ageCertificate('longhorn-system', NAME, -1);
  await expect.poll(() => condition(NAME, 'Ready')?.reason).toBe('Expired');
  kube.setIssuerFault('lab-ca', false);
  await expect.poll(() => left(NAME)).toBeGreaterThan(160 * HOUR);
  expect(condition(NAME, 'Ready')).toMatchObject({ status: 'True', reason: 'Ready' });
  expect(condition(NAME, 'Issuing')).toBeUndefined();
});

test('nothing is renewed while cert-manager itself does not run', async () => {
  const { kube, status, condition } = await start();
  const before = status(NAME)['revision'];
  kube.scaleDeployment('cert-manager', 'cert-manager', 0);
  await expect.poll(() => kube.store.list('pods', 'cert-manager').length).toBe(2);
  kube.ageCertificate('longhorn-system', NAME, 11);
  // Another change that takes as long is over meanwhile.
  kube.scaleDeployment('kube-system', 'metrics-server', 0);
  await expect
    .poll(() =>
      JSON.stringify(
        kube.store.get('apiservices.apiregistration.k8s.io', undefined, 'v1beta1.metrics.k8s.io'),
      ),
    )
    .toContain('MissingEndpoints');
  expect(condition(NAME, 'Issuing')).toBeUndefined();
  expect(status(NAME)['revision']).toBe(before);
});

test('an API that another server serves is available while its service has a ready endpoint', async () => {
  const { kube } = await start();
  const available = (): string =>
    JSON.stringify(
      kube.store.get('apiservices.apiregistration.k8s.io', undefined, 'v1beta1.metrics.k8s.io')?.[
        'status'
      ],
    );
  expect(available()).toContain('all checks passed');
  kube.scaleDeployment('kube-system', 'metrics-server', 0);
  await expect.poll(available).toContain('"status":"False","reason":"MissingEndpoints"');
  kube.scaleDeployment('kube-system', 'metrics-server', 1);
  await expect.poll(available).toContain('"status":"True","reason":"Passed"');
  kube.store.remove('services', 'kube-system', 'metrics-server');
  await expect.poll(available).toContain('ServiceNotFound');
});
