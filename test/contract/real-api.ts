import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { createAuthority } from '../collect/kube/certificates.ts';
import type { Pem } from '../collect/kube/certificates.ts';
import { temporaryFolder, writeKubeconfig } from '../collect/kube/observed-cluster.ts';
import { freePort } from '../support/free-port.ts';
import type { Subject } from './subjects.ts';

/** The programs of a control plane, as envtest unpacks them. */
export type ControlPlaneBinaries = { readonly apiserver: string; readonly etcd: string };

/** The binaries in `$KUBEBUILDER_ASSETS`, or why there are none. */
export function controlPlaneBinaries(): ControlPlaneBinaries | string {
  const folder = process.env['KUBEBUILDER_ASSETS'];
  if (!folder) return 'KUBEBUILDER_ASSETS is not set';
  const binaries = { apiserver: join(folder, 'kube-apiserver'), etcd: join(folder, 'etcd') };
  const missing = Object.values(binaries).find((path) => !existsSync(path));
  return missing === undefined ? binaries : `${missing} is missing`;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ATTEMPTS = 3;

/** A real kube-apiserver and etcd on loopback, with the flags of envtest. No controllers run. */
export async function startRealApi(binaries: ControlPlaneBinaries): Promise<Subject> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await startOnce(binaries);
    } catch (error) {
      // Another process may have taken a port that was free.
      if (attempt === ATTEMPTS) throw error;
    }
}

async function startOnce({ apiserver, etcd }: ControlPlaneBinaries): Promise<Subject> {
  const folder = temporaryFolder();
  const file = (name: string, text: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };
  const authority = createAuthority('kubernetes');
  const server = authority.issueServer('kube-apiserver', ['127.0.0.1', 'localhost']);
  const serviceAccounts = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const children = new Set<ChildProcess>();
  const run = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(program, args, { stdio: 'ignore' });
    children.add(child);
    return child;
  };
  const end = async (child: ChildProcess): Promise<void> => {
    children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGKILL');
    await ended;
  };
  const close = async (): Promise<void> => {
    for (const child of [...children].toReversed()) await end(child);
    folder.drop();
  };
  try {
    const storeArguments = [
      `--data-dir=${join(folder.path, 'etcd')}`,
      `--listen-client-urls=http://127.0.0.1:${client}`,
      `--advertise-client-urls=http://127.0.0.1:${client}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
    ];
    const beginStore = async (): Promise<ChildProcess> => {
      const child = run(etcd, storeArguments);
      await answers(`http://127.0.0.1:${client}/health`, new Agent(), child);
      return child;
    };
    let store = await beginStore();
    const serverArguments = [
      `--etcd-servers=http://127.0.0.1:${client}`,
      `--cert-dir=${folder.path}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      // That of the reference lab, whose objects it is to take.
      '--service-cluster-ip-range=10.112.0.0/12',
      '--allow-privileged=true',
      '--authorization-mode=RBAC',
      '--disable-admission-plugins=ServiceAccount',
      `--service-account-issuer=https://127.0.0.1:${port}/`,
      `--service-account-key-file=${file('sa.pub', serviceAccounts.publicKey)}`,
      `--service-account-signing-key-file=${file('sa.key', serviceAccounts.privateKey)}`,
      `--client-ca-file=${file('ca.crt', authority.cert)}`,
      `--tls-cert-file=${file('server.crt', server.cert)}`,
      `--tls-private-key-file=${file('server.key', server.key)}`,
    ];
    const admin = authority.issueClient('admin', 'system:masters');
    const url = `https://127.0.0.1:${port}`;
    const agent = (): Agent => new Agent({ connect: { ca: authority.cert, ...admin } });
    const begin = async (): Promise<ChildProcess> => {
      const child = run(apiserver, serverArguments);
      const asking = agent();
      await answers(`${url}/readyz`, asking, child);
      // The apiserver makes it itself, some time after it is ready.
      await answers(`${url}/api/v1/namespaces/default`, asking, child);
      await asking.close();
      return child;
    };
    const post = async (path: string, object: unknown): Promise<void> => {
      const asking = agent();
      const { statusCode, body } = await request(`${url}${path}`, {
        dispatcher: asking,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(object),
      });
      await body.dump();
      await asking.close();
      if (statusCode !== 201) throw new Error(`POST ${path}: ${statusCode}`);
    };
    let running = await begin();
    let number = 0;
    let roles = 0;
    const kubeconfig = (user: Partial<Pem> & { readonly token?: string }, by = url): string => {
      number += 1;
      const path = join(folder.path, `kubeconfig-${number}`);
      writeKubeconfig(path, { server: by, ca: authority.cert, ...user });
      return path;
    };
    return {
      kubeconfig: kubeconfig(admin),
      server: url,
      by: (way) => kubeconfig(admin, way),
      withToken: (token) => kubeconfig({ token }),
      withoutRights: () => ({
        kubeconfig: kubeconfig(authority.issueClient('nobody', 'nobodies')),
        undo: () => {},
      }),
      // What it saw happen is in its memory alone.
      forget: async () => {
        await end(running);
        running = await begin();
      },
      killStore: async () => {
        await end(store);
        return async () => {
          store = await beginStore();
          const asking = agent();
          await answers(`${url}/readyz`, asking, running);
          await asking.close();
        };
      },
      limited: async (user, rights) => {
        for (const { namespaces, ...rule } of rights) {
          roles += 1;
          const name = `${user}-${roles}`;
          await post(`${RBAC}/clusterroles`, {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRole',
            metadata: { name },
            rules: [rule],
          });
          for (const namespace of namespaces ?? [null])
            await post(
              namespace === null
                ? `${RBAC}/clusterrolebindings`
                : `${RBAC}/namespaces/${namespace}/rolebindings`,
              {
                apiVersion: 'rbac.authorization.k8s.io/v1',
                kind: namespace === null ? 'ClusterRoleBinding' : 'RoleBinding',
                metadata: { name },
                roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
                subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
              },
            );
        }
        return kubeconfig(authority.issueClient(user, 'limited'));
      },
      forbidEviction: (pod) =>
        post('/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'contract' },
          spec: { minAvailable: 1, selector: { matchLabels: { app: pod } } },
        }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const START_LIMIT_MS = 90_000;

/** Resolves when the URL answers 200. @throws {Error} when it does not in time, or its program has ended. */
async function answers(url: string, dispatcher: Agent, program: ChildProcess): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    const status = await request(url, { dispatcher }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      () => 0,
    );
    if (status === 200) return;
    if (program.exitCode !== null || program.signalCode !== null)
      throw new Error(`${program.spawnfile} ended with ${program.exitCode ?? program.signalCode}`);
    if (performance.now() > limit) throw new Error(`${url} was not ready in time`);
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}
