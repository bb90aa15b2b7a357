import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { Pod } from '../../../src/lab/kube/pod.ts';
import { nodeDescriber } from '../../../src/resources/node/node.describe.ts';
import { NOW } from '../../support/inventory.ts';

const container = (requests: object, limits: object = {}, more: object = {}) => ({
  resources: { requests, limits },
  ...more,
});
const pod = (name: string, spec: object) => ({
  metadata: {
    namespace: 'apps',
    name,
    creationTimestamp: new Date(NOW - 3 * 86_400_000).toISOString(),
  },
  spec,
});
const node = {
  metadata: { name: 'w1' },
  status: {
    allocatable: {
      cpu: '3920m',
      memory: '16Gi',
      'ephemeral-storage': '100Gi',
      pods: '110',
      'hugepages-2Mi': '0',
      'nvidia.com/gpu': '2',
    },
  },
};
const described = (others: readonly unknown[] | null): readonly string[] =>
  nodeDescriber
    .describe(node, { now: NOW, events: [], owners: [], others })
    .map(({ text }) => text.trim().replaceAll(/ {2,}/gu, ' | '));

test('what pods take is counted as the scheduler counts it', () => {
  const text = described([
    pod('plain', {
      containers: [
        container({ cpu: '100m', memory: '64Mi' }, { memory: '128Mi' }),
        container({ cpu: '0.15' }),
      ],
    }),
    // The init container takes more than what runs later; the sidecar before it runs beside both.
    pod('init', {
      initContainers: [
        container({ cpu: '50m' }, {}, { restartPolicy: 'Always' }),
        container({ cpu: '1' }),
      ],
      containers: [container({ cpu: '200m' })],
      overhead: { cpu: '10m' },
    }),
    pod('whole', {
      resources: { requests: { memory: '1Gi' }, limits: { cpu: '2' } },
      containers: [container({ memory: '1Mi', 'nvidia.com/gpu': '1' })],
      overhead: { cpu: '10m', memory: '10Mi' },
    }),
  ]);
  expect(text).toEqual(
    expect.arrayContaining([
      'Non-terminated Pods (3):',
      'apps | init | 1060m (27%) | 0 (0%) | 0 (0%) | 0 (0%) | 3d',
      'apps | plain | 250m (6%) | 0 (0%) | 64Mi (0%) | 128Mi (0%) | 3d',
      'apps | whole | 10m (0%) | 2010m (51%) | 1034Mi (6%) | 0 (0%) | 3d',
      'cpu | 1320m (33%) | 2010m (51%)',
      'memory | 1098Mi (6%) | 128Mi (0%)',
      'ephemeral-storage | 0 (0%) | 0 (0%)',
      'hugepages-2Mi | 0 (0%) | 0 (0%)',
      'nvidia.com/gpu | 1 | 0',
    ]),
  );
});

test('pods that cannot be read are not none', () => {
  expect(described(null)).toContain('Non-terminated Pods: | <could not be read>');
  expect(described([])).toContain('Non-terminated Pods (0):');
});

const hasKubectl = ((): boolean => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasKubectl)('kubectl describe says the same of every node of the lab', async () => {
  const api = await startKubeApi({ seed: 5 });
  onTestFinished(api.close);
  const folder = mkdtempSync(join(tmpdir(), 'lab-describe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'config');
  writeFileSync(config, api.kubeconfig(), { mode: 0o600 });
  /** Rows of both tables without their ages, with one blank between cells. */
  const rowsOf = (lines: readonly string[]): readonly string[] => {
    const from = lines.findIndex((line) => line.startsWith('Non-terminated Pods'));
    const to = lines.findIndex((line) => line.startsWith('Events:'));
    return lines
      .slice(from, to)
      .map((line) =>
        line
          .trim()
          .replaceAll(/ +/gu, ' ')
          .replace(/ \S+$/u, (age) => (age.endsWith(')') ? age : '')),
      )
      .filter((line) => /\(\d+%\)/u.test(line));
  };
  for (const { metadata, ...rest } of api.store.list('nodes')) {
    const { stdout } = await promisify(execFile)('kubectl', [
      '--kubeconfig',
      config,
      '--cache-dir',
      join(folder, 'cache'),
      'describe',
      'node',
      metadata.name,
    ]);
    const others = (api.store.list('pods') as readonly Pod[]).filter(
      ({ spec, status }) =>
        spec.nodeName === metadata.name && !['Succeeded', 'Failed'].includes(status.phase),
    );
    const own = nodeDescriber
      .describe({ metadata, ...rest }, { now: Date.now(), events: [], owners: [], others })
      .map(({ text }) => text);
    expect(others.length).toBeGreaterThan(5);
    expect(rowsOf(own)).toEqual(rowsOf(stdout.split('\n')));
  }
});
