import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderIssues } from '../../src/config/issue.ts';
import {
  type ConfigOptions,
  type ConfigResult,
  defaultSettings,
  loadConfig,
  parseConfig,
} from '../../src/config/load-config.ts';
import { jsonSchema } from '../../src/config/schema.ts';

const env = { HOME: '/home/ann' };
const parse = (text: string, options: ConfigOptions = {}): ConfigResult =>
  parseConfig(text, '/etc/lab/config.yaml', { env, ...options });

/** What a user reads, without the folder. */
const problems = (text: string, options: ConfigOptions = {}): readonly string[] => {
  const result = parse(text, options);
  if ('settings' in result) return [];
  return renderIssues(result.issues).replaceAll('/etc/lab/', '').split('\n');
};

const FULL = `hosts:
  - name: omni1
    address: omni1.lab
    port: 2222
    user: labtop
    jump: ann@bastion:22,inner
    identity: ~/.ssh/lab
    knownHosts: [known_hosts, /etc/ssh/known]
    agent: none
  - name: store1
    identity: [keys/a, keys/b]
    agent: run/agent.sock
clusters:
  - name: infrak8s
    kubeconfig: ~/.kube/lab
    context: admin@infrak8s
    vip: https://infrak8s.lab:6443
    apiServers:
      - { url: 'https://10.128.0.7:6443', zone: omni1/apisrv1 }
      - { url: 'https://apisrv2.lab:6443' }
  - name: other
vlans: { 47: k8s-cp, 48: etcd }
groups:
  - { name: internal dns, members: [omni1/dns-int1, store1/dns-int2], atLeast: 1 }
  - { name: api, members: [omni1/apisrv1, store1/apisrv2] }
checks:
  - { name: wan1, type: icmp, target: 192.0.2.1, from: omni1 }
intervals: { fast: 2, slow: 30 }
thresholds: { pool.capacity: { warning: 70 }, cert.expiry: { warning: 48, critical: 12 } }
notify: { bell: critical, osc: warning, webhook: 'https://hook.lab/x', ntfy: 'http://ntfy.lab/lab' }
ui: { theme: ember, start: zones, escape: '%', mouse: false, unlockReason: true, keys: { zone.restart: R } }
`;

test('reads every key of the specification', () => {
  const result = parse(FULL);
  expect(result).toMatchObject({
    settings: {
      hosts: [
        {
          name: 'omni1',
          address: 'omni1.lab',
          port: 2222,
          user: 'labtop',
          jump: 'ann@bastion:22,inner',
          identityFiles: ['/home/ann/.ssh/lab'],
          knownHostsFiles: ['/etc/lab/known_hosts', '/etc/ssh/known'],
          agent: 'none',
        },
        {
          name: 'store1',
          address: null,
          port: null,
          user: null,
          jump: null,
          identityFiles: ['/etc/lab/keys/a', '/etc/lab/keys/b'],
          knownHostsFiles: [],
          agent: '/etc/lab/run/agent.sock',
        },
      ],
      clusters: [
        {
          name: 'infrak8s',
          kubeconfig: '/home/ann/.kube/lab',
          context: 'admin@infrak8s',
          vip: 'https://infrak8s.lab:6443',
          namespaces: [],
          kubelets: true,
          objectsMegabytes: 200,
          apiServers: [
            { url: 'https://10.128.0.7:6443', zone: 'omni1/apisrv1' },
            { url: 'https://apisrv2.lab:6443', zone: null },
          ],
          etcd: [],
        },
        {
          name: 'other',
          kubeconfig: '/home/ann/.kube/config',
          context: null,
          vip: null,
          apiServers: [],
          etcd: [],
        },
      ],
      vlanNames: new Map([
        [47, 'k8s-cp'],
        [48, 'etcd'],
      ]),
      groups: [
        { name: 'internal dns', members: ['omni1/dns-int1', 'store1/dns-int2'], atLeast: 1 },
        { name: 'api', members: ['omni1/apisrv1', 'store1/apisrv2'], atLeast: 1 },
      ],
      intervals: { fast: 2, slow: 30, inventory: 300 },
      thresholds: {
        'pool.capacity': { warning: 70, critical: 90 },
        'cert.expiry': { warning: 48, critical: 12 },
        'dataset.quota': { warning: 90 },
      },
      ui: {
        theme: 'ember',
        start: 'zones',
        escape: '%',
        mouse: false,
        unlockReason: true,
        keys: { 'zone.restart': 'R' },
      },
    },
  });
});

test('notes the sections that are valid and not used', () => {
  const result = parse(FULL);
  expect('notes' in result && renderIssues(result.notes)).toBe(
    '/etc/lab/config.yaml:26:1: checks: is valid and not used by this version\n' +
      '/etc/lab/config.yaml:30:1: notify: is valid and not used by this version',
  );
});

test.each(['', '# nothing yet\n', '---\n', 'hosts:\n', 'hosts: []\nui: {}\n', 'ui:\n  theme:\n'])(
  'takes the defaults for what is not set: %j',
  (text) => {
    expect(parse(text)).toEqual({ settings: defaultSettings(env), notes: [] });
  },
);

test('has the defaults of the specification', () => {
  expect(defaultSettings(env)).toMatchObject({
    hosts: [],
    clusters: [],
    intervals: { fast: 5, slow: 60, inventory: 300 },
    thresholds: { 'pool.capacity': { warning: 80, critical: 90 } },
    ui: {
      theme: 'midnight',
      start: 'overview',
      escape: '~',
      mouse: true,
      unlockReason: false,
      keys: {},
    },
  });
});

test('takes the first file of $KUBECONFIG for a cluster without one', () => {
  const kubeconfig = { ...env, KUBECONFIG: ':/k/one:/k/two' };
  const result = parse('clusters: [{ name: a }]', { env: kubeconfig });
  expect('settings' in result && result.settings.clusters[0]?.kubeconfig).toBe('/k/one');
});

test('follows anchors and aliases', () => {
  const text = 'hosts:\n  - { name: a, identity: &keys [k1] }\n  - { name: b, identity: *keys }\n';
  expect(parse(text)).toMatchObject({
    settings: { hosts: [{}, { identityFiles: ['/etc/lab/k1'] }] },
  });
});

test.each([
  [
    'an unknown key with the nearest one',
    'hosts:\n  - name: omni1\n    adress: x\n',
    ['config.yaml:3:5: hosts[0].adress: unknown key; did you mean "address"?'],
  ],
  [
    'an unknown key at the top',
    'host: []\n',
    ['config.yaml:1:1: host: unknown key; did you mean "hosts"?'],
  ],
  [
    'an unknown key with nothing near, with what is known',
    'intervals:\n  fast: 5\n  whenever: 3\n',
    ['config.yaml:3:3: intervals.whenever: unknown key (known here: fast, slow, inventory)'],
  ],
  [
    'an unknown rule',
    'thresholds:\n  pool.capcity: { warning: 5 }\n',
    ['config.yaml:2:3: thresholds.pool.capcity: unknown key; did you mean "pool.capacity"?'],
  ],
  [
    'an unknown key inside an alias, where it was written',
    'hosts:\n  - &h { name: a, usr: x }\n  - *h\n',
    [
      'config.yaml:2:19: hosts[0].usr: unknown key; did you mean "user"?',
      'config.yaml:2:19: hosts[1].usr: unknown key; did you mean "user"?',
    ],
  ],
  [
    'a wrong type',
    'hosts:\n  - name: omni1\n    port: twenty\n',
    ['config.yaml:3:11: hosts[0].port: expected a number, found "twenty"'],
  ],
  [
    'a number where text is expected',
    'hosts:\n  - name: 17\n',
    ['config.yaml:2:11: hosts[0].name: expected text, found 17; put it in quotes'],
  ],
  [
    'a mapping where a list is expected',
    'hosts:\n  name: omni1\n',
    ['config.yaml:2:3: hosts: expected a list, found {"name":"omni1"}'],
  ],
  [
    'a text where a mapping is expected',
    'hosts: [omni1]\n',
    ['config.yaml:1:9: hosts[0]: expected a mapping, found "omni1"'],
  ],
  ['a list as the whole', '- a\n', ['config.yaml:1:1: expected a mapping, found ["a"]']],
  [
    'a list of paths with something else in it',
    'hosts:\n  - { name: a, identity: [k, 3] }\n',
    ['config.yaml:2:26: hosts[0].identity: expected a path or a list of paths, found ["k",3]'],
  ],
  ['a missing name', 'hosts:\n  - address: x\n', ['config.yaml:2:5: hosts[0].name: is required']],
  ['an empty name', 'hosts:\n  - name:\n', ['config.yaml:2:5: hosts[0].name: is required']],
  [
    'a name that no reference can hold',
    'hosts:\n  - name: a/b\n',
    [
      'config.yaml:2:11: hosts[0].name: not a name: letters, digits, dot, dash and underscore, ' +
        'beginning with a letter or digit, found "a/b"',
    ],
  ],
  [
    'an address that a program would take for an option',
    'hosts:\n  - { name: a, address: -oProxyCommand=x }\n',
    [
      'config.yaml:2:25: hosts[0].address: must be one word that does not begin with a dash, ' +
        'found "-oProxyCommand=x"',
    ],
  ],
  [
    'a port out of range',
    'hosts: [{ name: a, port: 70000 }]\n',
    ['config.yaml:1:26: hosts[0].port: must be at most 65535, found 70000'],
  ],
  [
    'duplicate hosts',
    'hosts:\n  - name: omni1\n  - name: omni1\n',
    ['config.yaml:3:11: hosts[1].name: duplicate name "omni1", already used by hosts[0]'],
  ],
  [
    'duplicate clusters',
    'clusters:\n  - name: k\n  - name: l\n  - name: k\n',
    ['config.yaml:4:11: clusters[2].name: duplicate name "k", already used by clusters[0]'],
  ],
  [
    'a virtual IP that is no https URL',
    'clusters:\n  - name: k\n    vip: http://k:6443\n',
    ['config.yaml:3:10: clusters[0].vip: not an https:// URL, found "http://k:6443"'],
  ],
  [
    'an API server in a zone of an unknown host',
    "hosts: [{ name: omni1 }]\nclusters:\n  - name: k\n    apiServers: [{ url: 'https://a:1', zone: omnl1/apisrv1 }]\n",
    [
      'config.yaml:4:46: clusters[0].apiServers[0].zone: no host "omnl1" under hosts; did you mean "omni1"?',
    ],
  ],
  [
    'a VLAN id out of range',
    'vlans: { 47: a, 4095: b }\n',
    ['config.yaml:1:17: vlans.4095: not a VLAN id, 1 to 4094'],
  ],
  [
    'a group member on an unknown host',
    'hosts: [{ name: omni1 }]\ngroups:\n  - name: dns\n    members: [omni1/a, omnl1/b]\n',
    [
      'config.yaml:4:24: groups[0].members[1]: no host "omnl1" under hosts; ' +
        'did you mean "omni1"?',
    ],
  ],
  [
    'a group member that is no HOST/ZONE',
    'hosts: [{ name: omni1 }]\ngroups:\n  - { name: dns, members: [dns1] }\n',
    ['config.yaml:3:28: groups[0].members[0]: not HOST/ZONE, found "dns1"'],
  ],
  [
    'a group member named twice',
    'hosts: [{ name: h }]\ngroups:\n  - { name: dns, members: [h/a, h/a] }\n',
    ['config.yaml:3:33: groups[0].members[1]: duplicate member "h/a"'],
  ],
  [
    'a group that asks for more than it has',
    'hosts: [{ name: h }]\ngroups:\n  - { name: dns, members: [h/a], atLeast: 2 }\n',
    ['config.yaml:3:43: groups[0].atLeast: must be at most the number of members (1), found 2'],
  ],
  [
    'a group without members',
    'groups: [{ name: dns, members: [] }]\n',
    ['config.yaml:1:32: groups[0].members: must not be empty'],
  ],
  [
    'a check of an unknown type',
    'checks: [{ name: a, type: htp, target: x }]\n',
    [
      'config.yaml:1:27: checks[0].type: expected one of icmp, tcp, dns, http, tls, smtp, imap, ' +
        'ntp, found "htp"; did you mean "http"?',
    ],
  ],
  [
    'snapshots on an unknown host',
    'hosts: [{ name: omni1 }]\nsnapshots: { omnl1/tank: 26 }\n',
    ['config.yaml:2:14: snapshots.omnl1/tank: no host "omnl1" under hosts; did you mean "omni1"?'],
  ],
  [
    'a dataset without its host',
    'hosts: [{ name: omni1 }]\nsnapshots: { tank: 26 }\n',
    ['config.yaml:2:14: snapshots.tank: not HOST/DATASET'],
  ],
  [
    'a role on an unknown host',
    'hosts: [{ name: omni1 }]\nroles: { omnl1/a: shop }\n',
    ['config.yaml:2:10: roles.omnl1/a: no host "omnl1" under hosts; did you mean "omni1"?'],
  ],
  [
    'a role of an unknown cluster among several',
    'hosts: [{ name: h }]\nroles: { h/a: [etcd, k9/kube-apiserver] }\n',
    ['config.yaml:2:15: roles.h/a: no cluster "k9" under clusters'],
  ],
  [
    'several roles of which one is none',
    'hosts: [{ name: h }]\nroles: { h/a: "etcd,,x" }\n',
    ['config.yaml:2:15: roles.h/a: not ROLE or CLUSTER/ROLE, or several of them, found "etcd,,x"'],
  ],
  [
    'a check from an unknown host',
    'checks: [{ name: a, type: tcp, target: x, from: h }]\n',
    ['config.yaml:1:49: checks[0].from: no host "h" under hosts'],
  ],
  [
    'an interval out of range',
    'intervals: { fast: 0.1 }\n',
    ['config.yaml:1:20: intervals.fast: must be at least 1, found 0.1'],
  ],
  [
    'a threshold out of range',
    'thresholds:\n  pool.capacity: { warning: 120 }\n',
    ['config.yaml:2:29: thresholds.pool.capacity.warning: must be at most 100, found 120'],
  ],
  [
    'thresholds in the wrong order',
    'thresholds: { pool.capacity: { warning: 95, critical: 85 } }\n',
    [
      'config.yaml:1:41: thresholds.pool.capacity.warning: warning (95) must not be above ' +
        'critical (85)',
    ],
  ],
  [
    'one threshold that contradicts the default of the other',
    'thresholds: { host.memory: { critical: 20 } }\n',
    [
      'config.yaml:1:40: thresholds.host.memory.critical: warning (10) must not be below ' +
        'critical (20)',
    ],
  ],
  [
    'a theme that does not exist',
    'ui: { theme: midnigt }\n',
    [
      'config.yaml:1:14: ui.theme: no theme "midnigt" (there are: ember, midnight); ' +
        'did you mean "midnight"?',
    ],
  ],
  [
    'two commands on one key',
    'ui:\n  keys:\n    zone.halt: h\n    zone.boot: h\n',
    ['config.yaml:4:16: ui.keys.zone.boot: key "h" is already given to zone.halt'],
  ],
  [
    "another user's home",
    'hosts: [{ name: a, identity: [k, ~bob/k] }]\n',
    [
      'config.yaml:1:34: hosts[0].identity[1]: only ~/ is expanded, write the whole path, ' +
        'found "~bob/k"',
    ],
  ],
  [
    'several errors in the order of the file',
    'ui: { mouse: 1 }\nhosts:\n  - { name: a, prot: 1 }\nvlan: {}\n',
    [
      'config.yaml:1:14: ui.mouse: expected true or false, found 1',
      'config.yaml:3:16: hosts[0].prot: unknown key; did you mean "port"?',
      'config.yaml:4:1: vlan: unknown key; did you mean "vlans"?',
    ],
  ],
  ['a key given twice', 'ui: {}\nui: {}\n', ['config.yaml:2:1: map keys must be unique']],
  [
    'a tab as indentation',
    'hosts:\n\t- name: a\n',
    ['config.yaml:2:1: tabs are not allowed as indentation'],
  ],
  [
    'a second document',
    'ui: {}\n---\nui: {}\n',
    ['config.yaml:2:1: source contains multiple documents'],
  ],
  ['an unknown tag', 'ui: !secret x\n', ['config.yaml:1:5: unresolved tag: !secret']],
  ['an alias without anchor', 'hosts: *all\n', ['config.yaml:1:8: no anchor for *all']],
  [
    'control sequences in a value, without passing them on',
    'ui: { start: "\\e[2Jx" }\n',
    [
      'config.yaml:1:14: ui.start: expected one of overview, hosts, zones, vms, vlans, cluster, ' +
        'problems, found "\\u001b[2Jx"',
    ],
  ],
] as const)('reports %s', (_, text, expected) => {
  expect(problems(text, { themes: ['ember', 'midnight'] })).toEqual(expected);
});

test('refuses aliases that multiply without end', () => {
  const levels = Array.from({ length: 12 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
      : `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
  );
  expect(problems(levels.join('\n'))[0]).toMatch(/excessive alias count/i);
});

test('never throws, and places each issue inside the text', () => {
  const line = fc.constantFrom(
    'hosts:',
    '  - name: a',
    '    port: 1',
    'ui: {',
    '}',
    '- x',
    '? [a]',
    ': *b',
    '&b c',
    '|',
    'vlans: { 1: x }',
    '__proto__: 1',
    '<<: 2',
    'thresholds: { pool.capacity: 3 }',
    '"',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n')),
  );
  fc.assert(
    fc.property(text, (value) => {
      const result = parse(value);
      if ('settings' in result) return;
      expect(result.issues.length).toBeGreaterThan(0);
      for (const issue of result.issues) {
        expect(issue.line).toBeLessThanOrEqual(value.split(/\n/).length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

test('says when there is no file, or none that can be read', () => {
  const dir = mkdtempSync(join(tmpdir(), 'labtop-config-'));
  try {
    const missing = join(dir, 'none.yaml');
    expect(loadConfig(missing)).toMatchObject({ missing: true });
    const binary = join(dir, 'binary.yaml');
    writeFileSync(binary, Buffer.from([0x66, 0xff, 0xfe]));
    const rendered = [missing, dir, binary].map((file) => {
      const result = loadConfig(file);
      return 'issues' in result ? renderIssues(result.issues) : 'valid';
    });
    expect(rendered).toEqual([
      `${missing}: no such file`,
      `${dir}: is a directory`,
      `${binary}: is not UTF-8 text`,
    ]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('takes ages of snapshots by host and dataset', () => {
  const result = parseConfig(
    'hosts: [{ name: a }, { name: b }]\nsnapshots: { a/tank: 26, a/tank/my data: 1.5, b/zones: 200 }\n',
    'config.yaml',
  );
  expect('settings' in result && result.settings.snapshotHours).toEqual(
    new Map([
      [
        'a',
        new Map([
          ['tank', 26],
          ['tank/my data', 1.5],
        ]),
      ],
      ['b', new Map([['zones', 200]])],
    ]),
  );
});

test('takes roles by host and zone', () => {
  const result = parseConfig(
    'hosts: [{ name: a }, { name: b }]\nroles: { a/web: shop, b/x: dns, a/db: postgres }\n',
    'config.yaml',
  );
  expect('settings' in result && result.settings.roles).toEqual(
    new Map([
      [
        'a',
        new Map([
          ['web', ['shop']],
          ['db', ['postgres']],
        ]),
      ],
      ['b', new Map([['x', ['dns']]])],
    ]),
  );
});

test('takes several roles of a zone, as a list or parted by commas', () => {
  const result = parseConfig(
    'hosts: [{ name: a }]\nclusters: [{ name: k, kubeconfig: /none }]\nroles: { a/cp1: [k/etcd, kube-apiserver], a/cp2: "etcd, k/kube-apiserver" }\n',
    'config.yaml',
  );
  expect('settings' in result && result.settings.roles.get('a')).toEqual(
    new Map([
      ['cp1', ['k/etcd', 'kube-apiserver']],
      ['cp2', ['etcd', 'k/kube-apiserver']],
    ]),
  );
});

test('does not mind files that are named and missing', () => {
  const text =
    'hosts: [{ name: a, identity: /none }]\nclusters: [{ name: k, kubeconfig: /none }]\n';
  expect(problems(text)).toEqual([]);
});

test('describes itself as a JSON schema', () => {
  expect(jsonSchema()).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: {
      hosts: { items: { required: ['name'], properties: { port: { maximum: 65_535 } } } },
      thresholds: { properties: { 'pool.capacity': { description: expect.any(String) } } },
    },
  });
});

test('several commands may be left without a key', () => {
  const result = parse('ui: { keys: { map: "", feeds: "", sort: x } }\n');
  expect('settings' in result && result.settings.ui.keys).toEqual({
    map: '',
    feeds: '',
    sort: 'x',
  });
});
