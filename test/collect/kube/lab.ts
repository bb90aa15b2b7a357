import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createAuthority } from './certificates.ts';
import type { Authority, Pem } from './certificates.ts';
import { observe, temporaryFolder, writeKubeconfig } from './observed-cluster.ts';
import type { KubeconfigOptions, ObservedCluster } from './observed-cluster.ts';
import { startScriptedApi } from './scripted-api.ts';
import type { ScriptedApi, ServerOptions } from './scripted-api.ts';

/** Servers, folders and sources of the tests of one file; everything is closed after each test. */
export type Lab = {
  readonly authority: () => Authority;
  readonly serverCertificate: () => Pem;
  /** A server with a good certificate. */
  readonly startApi: (tls?: ServerOptions) => Promise<ScriptedApi>;
  /** Path of a file in this test's folder. */
  readonly file: (name: string) => string;
  /** Writes the kubeconfig of this test and gives its path. */
  readonly kubeconfig: (options: KubeconfigOptions) => string;
  /** Watches a server with a good kubeconfig. */
  readonly watch: (api: ScriptedApi, deps?: Parameters<typeof observe>[1]) => ObservedCluster;
  /** Watches with the kubeconfig at that path. */
  readonly watchWith: (path: string, deps?: Parameters<typeof observe>[1]) => ObservedCluster;
};

/** To be called at the top of a test file. */
export function createTestLab(): Lab {
  let authority: Authority;
  let certificate: Pem;
  let folder: ReturnType<typeof temporaryFolder> | undefined;
  let closers: (() => Promise<void>)[] = [];

  beforeAll(() => {
    authority = createAuthority();
    certificate = authority.issueServer('api', ['127.0.0.1']);
  });
  afterEach(async () => {
    for (const close of closers.toReversed()) await close();
    closers = [];
  });
  afterAll(() => folder?.drop());

  const file = (name: string): string => {
    folder ??= temporaryFolder();
    return join(folder.path, name);
  };
  let next = 0;
  const kubeconfig = (options: KubeconfigOptions): string => {
    next += 1;
    const path = file(`config-${next}`);
    writeKubeconfig(path, options);
    return path;
  };
  const watchWith: Lab['watchWith'] = (path, deps) => {
    const observed = observe(path, deps);
    closers.push(() => observed.source.close());
    return observed;
  };
  return {
    authority: () => authority,
    serverCertificate: () => certificate,
    startApi: async (tls = certificate) => {
      const api = await startScriptedApi(tls);
      closers.push(api.close);
      return api;
    },
    file,
    kubeconfig,
    watchWith,
    watch: (api, deps) =>
      watchWith(kubeconfig({ server: api.url, ca: authority.cert, token: 'secret-token' }), deps),
  };
}
