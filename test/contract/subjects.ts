import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { startKubeApi } from '../../src/lab/kube/api.ts';
import { temporaryFolder, writeKubeconfig } from '../collect/kube/observed-cluster.ts';
import { controlPlaneBinaries, startRealApi } from './real-api.ts';

/** A right to resources of one group. */
export type LimitedRights = {
  /** Everywhere, when absent. */
  readonly namespaces?: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
};

/** A server whose behaviour the product builds on. */
export type Subject = {
  /** Of a user who may do everything. */
  readonly kubeconfig: string;
  readonly server: string;
  /** The same user over another way to the server, such as a relay's. */
  readonly by: (server: string) => string;
  /** A user with a token that nobody gave out. */
  readonly withToken: (token: string) => string;
  /** A user who may see what is served, and nothing else. */
  readonly withoutRights: () => { readonly kubeconfig: string; readonly undo: () => void };
  /** A user with exactly these rights, in these namespaces or, without any, everywhere. */
  readonly limited: (user: string, rights: readonly LimitedRights[]) => Promise<string>;
  /** Whatever was changed before is no longer known as a change. */
  readonly forget: () => Promise<void>;
  /** Kills what the server keeps its objects in; gives what brings it back, with all that was in it. */
  readonly killStore: () => Promise<() => Promise<void>>;
  /** Lets a disruption budget refuse to evict the pod of that name in the namespace `default`. */
  readonly forbidEviction: (pod: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

async function startSimulator(): Promise<Subject> {
  const folder = temporaryFolder();
  const api = await startKubeApi({ seed: 1, bookmarkSeconds: 1, paceMs: 50 });
  let number = 0;
  const write = (text: string): string => {
    number += 1;
    const path = join(folder.path, `kubeconfig-${number}`);
    writeFileSync(path, text);
    return path;
  };
  return {
    kubeconfig: write(api.kubeconfig()),
    server: api.url,
    by: (server) => write(api.kubeconfig({ server })),
    withToken: (token) => {
      const path = write('');
      writeKubeconfig(path, { server: api.url, ca: api.authority, token });
      return path;
    },
    withoutRights: () => ({
      kubeconfig: write(api.kubeconfig({ user: 'nobody', groups: [] })),
      undo: api.faults.deny({ status: 403 }),
    }),
    limited: (user, rights) => {
      api.limit(user, rights);
      return Promise.resolve(write(api.kubeconfig({ user, groups: [] })));
    },
    forget: () => {
      api.faults.compact();
      return Promise.resolve();
    },
    killStore: () => {
      api.setQuorum(false);
      return Promise.resolve(async () => {
        api.setQuorum(true);
        await Promise.resolve();
      });
    },
    forbidEviction: (pod) => {
      api.faults.blockEvictions('default', pod, 'contract');
      return Promise.resolve();
    },
    close: async () => {
      await api.close();
      folder.drop();
    },
  };
}

/**
 * Checks the same against the simulated API, always, and against a real kube-apiserver where `KUBEBUILDER_ASSETS` names
 * a folder with it and with etcd.
 */
export function onEveryApi(contracts: (start: () => Promise<Subject>) => void): void {
  describe('the simulated API', () => {
    contracts(startSimulator);
  });
  const binaries = controlPlaneBinaries();
  const why = typeof binaries === 'string' ? ` (skipped: ${binaries})` : '';
  describe.skipIf(typeof binaries === 'string')(`a real kube-apiserver${why}`, () => {
    contracts(() =>
      typeof binaries === 'string' ? Promise.reject(new Error(binaries)) : startRealApi(binaries),
    );
  });
}
