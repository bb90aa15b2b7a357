/** The metadata of a virtual machine, of its instance or of its migration. */
export const metadata = {
  name: 'vm',
  namespace: 'apps',
  uid: 'u',
  creationTimestamp: '2026-01-01T00:00:00Z',
};
/** The spec of an instance, which a virtual machine has as its template. */
export const spec = {
  domain: { cpu: { cores: 2, sockets: 2, threads: 1 }, memory: { guest: '4Gi' } },
  volumes: [
    { name: 'root', persistentVolumeClaim: { claimName: 'vm-root' } },
    { name: 'data', dataVolume: { name: 'vm-data' } },
    { name: 'init', cloudInitNoCloud: {} },
  ],
};
/** What is projected of that spec. */
export const hardware = { vcpus: 4, memoryBytes: 4 * 2 ** 30, claims: ['vm-root', 'vm-data'] };
/** What is projected where there is no spec. */
export const noHardware = { vcpus: null, memoryBytes: null, claims: [] };
