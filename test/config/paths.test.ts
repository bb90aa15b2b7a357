import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import {
  defaultConfigPath,
  defaultKubeconfig,
  expandPath,
  stateDir,
} from '../../src/config/paths.ts';

test.each([
  [{ HOME: '/h' }, '/h/.config/labtop/config.yaml', '/h/.local/state/labtop'],
  [
    { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' },
    '/c/labtop/config.yaml',
    '/s/labtop',
  ],
  // The specification: relative paths are invalid and ignored.
  [
    { HOME: '/h', XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: '' },
    '/h/.config/labtop/config.yaml',
    '/h/.local/state/labtop',
  ],
  [{}, `${homedir()}/.config/labtop/config.yaml`, `${homedir()}/.local/state/labtop`],
] as const)('finds its folders in %j', (env, config, state) => {
  expect([defaultConfigPath(env), stateDir(env)]).toEqual([config, state]);
});

test.each([
  ['~', '/h'],
  ['~/a', '/h/a'],
  ['a/b', '/c/a/b'],
  ['../a', '/a'],
  ['/a', '/a'],
])('expands %j to %j', (path, expected) => {
  expect(expandPath(path, '/c', { HOME: '/h' })).toBe(expected);
});

test.each([
  [{ HOME: '/h' }, '/h/.kube/config'],
  [{ HOME: '/h', KUBECONFIG: '' }, '/h/.kube/config'],
  [{ HOME: '/h', KUBECONFIG: 'k:/l' }, '/w/k'],
])('finds the kubeconfig in %j', (env, expected) => {
  expect(defaultKubeconfig(env, '/w')).toBe(expected);
});
