import { createServer } from 'node:https';
import { createServer as createSilentServer, type Socket } from 'node:net';
import type { Authority, Certificate, Validity } from '../kube/certificates.ts';
import { createAuthority } from '../kube/certificates.ts';
import { startListener, type Listener } from '../listener.ts';
import { plainAddress, type ClusterName } from '../plan.ts';
import type { World } from '../world.ts';
import { zonesWith } from './daemon.ts';

/** The port of a member of etcd for its clients, on loopback: TLS with a certificate on both sides. */
export type EtcdServer = {
  readonly member: string;
  readonly url: string;
  readonly setListening: Listener['setListening'];
  readonly server: Certificate;
  readonly peer: Certificate;
};

export type EtcdServers = {
  readonly servers: readonly EtcdServer[];
  /** PEM. */
  readonly authority: string;
  readonly issueClient: Authority['issueClient'];
  readonly close: () => Promise<void>;
};

const HOUR_MS = 3_600_000;
const LEAF_HOURS = 8760;

/** Starts the ports of the members of a cluster's etcd, of the first copy. */
export async function startEtcdServers(world: World, cluster: ClusterName): Promise<EtcdServers> {
  const lasting = (hours: number): Validity => ({
    notBeforeMs: Date.now() - HOUR_MS,
    notAfterMs: Date.now() + hours * HOUR_MS,
  });
  const authority = createAuthority('etcd-ca', lasting(10 * LEAF_HOURS));
  const zones = zonesWith(world.plan, cluster, 'etcd');
  const started = await Promise.all(
    zones.map(({ name, nics }) =>
      startEtcdServer(world, name, {
        authority,
        names: nics.map(({ address }) => plainAddress(address)),
        validity: lasting(LEAF_HOURS),
      }),
    ),
  );
  return {
    servers: started.map(({ server }) => server),
    authority: authority.certificate,
    issueClient: authority.issueClient,
    close: async () => {
      await Promise.all(started.map(({ close }) => close()));
    },
  };
}

type Identity = {
  readonly authority: Authority;
  readonly names: readonly string[];
  readonly validity: Validity;
};

async function startEtcdServer(world: World, name: string, identity: Identity) {
  const { authority, names, validity } = identity;
  const all = ['localhost', '127.0.0.1', name, ...names];
  const own = authority.issuePeer(name, all, validity);
  const answer = (path: string) => world.etcdOf(name).gateway(name, path);
  const server = createServer(
    {
      cert: own.certificate,
      key: own.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      const { code, body } = answer(request.url ?? '/');
      response.writeHead(code, { 'content-type': 'application/json' }).end(body);
    },
  );
  // What hangs takes connections, and that is all: nothing goes on to the one that answers.
  const sockets = new Set<Socket>();
  const front = createSilentServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    if (!world.hung.has(name)) server.emit('connection', socket);
  });
  const listener = await startListener(front, () => {
    for (const socket of sockets) socket.destroy();
  });
  return {
    server: {
      member: name,
      url: `https://127.0.0.1:${listener.port}`,
      setListening: listener.setListening,
      server: own,
      peer: authority.issuePeer(name, all, validity),
    },
    close: listener.close,
  };
}
