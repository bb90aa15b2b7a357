import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterRole } from '../../src/cli/cluster-role.ts';
import { runDoctor } from '../../src/cli/run-doctor.ts';
import { clusterWatches } from '../../src/registry.ts';

type Role = {
  readonly kind: string;
  readonly rules: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
    readonly verbs: readonly string[];
  }[];
};

test('all that is watched may be read, nothing may be changed, and no secret is among it', () => {
  const { kind, rules } = parse(clusterRole(clusterWatches)) as Role;
  expect(kind).toBe('ClusterRole');
  const mayWatch = (group: string, resource: string): boolean =>
    rules.some(
      ({ apiGroups, resources, verbs }) =>
        apiGroups?.includes(group) === true &&
        resources?.includes(resource) === true &&
        verbs.includes('watch'),
    );
  expect(clusterWatches.filter(({ group, resource }) => !mayWatch(group, resource))).toEqual([]);
  expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list', 'watch']));
  const resources = rules.flatMap((rule) => rule.resources ?? []);
  expect(resources).not.toContain('secrets');
  expect(resources.some((resource) => resource.includes('*'))).toBe(false);
  expect(rules.at(-1)?.nonResourceURLs).toContain('/readyz');
});

test('doctor prints it without looking at anything', async () => {
  let printed = '';
  const code = await runDoctor(
    { config: '/nowhere', waitSeconds: null, json: false, clusterRole: true },
    (text) => (printed += text),
  );
  expect(code).toBe(0);
  expect(printed).toBe(clusterRole(clusterWatches));
});
