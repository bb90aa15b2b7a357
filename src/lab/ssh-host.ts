import { createServer, type Server as NetServer, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2';
import { createKeyPair } from './key-pair.ts';
import type { Machine } from './machine.ts';
import type { Chunk } from './shell/streams.ts';
import { serveSession } from './ssh-session.ts';

export type SshHostOptions = {
  readonly machine: Machine;
  readonly name: string;
  /** The public key that is let in. */
  readonly authorizedKey: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
};

/** A host of the lab behind a real SSH server on 127.0.0.1, with faults that are set while it runs. */
export type SshHost = {
  readonly name: string;
  readonly port: number;
  readonly machine: Machine;
  /** The public host key of the present: `ssh-ed25519 AAAA…`. */
  readonly hostKey: () => string;
  readonly connectionCount: () => number;
  /** Off: connections break, new ones are refused, the host and its zones stop. On: it boots. */
  readonly power: (on: boolean) => Promise<void>;
  /** sshd is gone, the host runs on: connections break and new ones are refused. */
  readonly refuse: (refused: boolean) => Promise<void>;
  /** Accepts connections but sends nothing any more; what was held back is sent when it thaws. */
  readonly freeze: (frozen: boolean) => void;
  readonly denyAuthentication: (denied: boolean) => void;
  /** Only this password lets in, no key; null: the key again. */
  readonly passwordOnly: (password: string | null) => void;
  /** New connections see another host key; the present ones break. */
  readonly changeHostKey: () => void;
  /** A program prints this in place of its output; null: its own output again. */
  readonly garbage: (program: string, output: Chunk | null) => void;
  /** A program never ends until it is killed. */
  readonly hang: (program: string, hanging: boolean) => void;
  /** A program is not installed. */
  readonly remove: (program: string, removed: boolean) => void;
  readonly close: () => Promise<void>;
};

const LOOPBACK = '127.0.0.1';

/** Starts the SSH server of a host. */
export async function startSshHost(options: SshHostOptions): Promise<SshHost> {
  const { machine, name } = options;
  const authorized = parseKey(options.authorizedKey);
  const sockets = new Set<Socket>();
  const waiting = new Set<Socket>();
  let hostKey = createKeyPair(name);
  let frozen = false;
  let denied = false;
  let password: string | null = null;
  let sshServer = createSshServer();

  function createSshServer() {
    return new ssh2.Server(
      { hostKeys: [hostKey.privateKey], ident: 'OpenSSH_10.2' },
      (connection) => {
        serveConnection(connection, machine, (context) =>
          authenticate(context, { user: machine.user, authorized, denied, password }),
        );
      },
    );
  }

  const accept = (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      waiting.delete(socket);
    });
    if (frozen) waiting.add(socket);
    else sshServer.injectSocket(socket);
  };
  const breakConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  let listener: NetServer | null = await listen(options.port ?? 0, accept);
  const port = portOf(listener);

  const refuse = async (refused: boolean) => {
    if (refused) {
      const closing = listener;
      listener = null;
      breakConnections();
      if (closing) await stop(closing);
    } else listener ??= await listen(port, accept);
  };
  const freeze = (now: boolean) => {
    frozen = now;
    for (const socket of sockets) {
      if (waiting.has(socket)) continue;
      if (now) {
        socket.pause();
        socket.cork();
      } else {
        socket.uncork();
        socket.resume();
      }
    }
    if (now) return;
    for (const socket of waiting) sshServer.injectSocket(socket);
    waiting.clear();
  };
  const setFault = (set: Set<string>) => (program: string, on: boolean) => {
    if (on) set.add(program);
    else set.delete(program);
  };
  return {
    name,
    port,
    machine,
    hostKey: () => hostKey.publicKey.split(' ').slice(0, 2).join(' '),
    connectionCount: () => sockets.size,
    power: async (on) => {
      machine.world.setPower(name, on);
      await refuse(!on);
    },
    refuse,
    freeze,
    denyAuthentication: (now) => {
      denied = now;
    },
    passwordOnly: (now) => {
      password = now;
    },
    changeHostKey: () => {
      hostKey = createKeyPair(name);
      sshServer = createSshServer();
      breakConnections();
    },
    garbage: (program, output) => {
      if (output === null) machine.faults.garbage.delete(program);
      else machine.faults.garbage.set(program, output);
    },
    hang: setFault(machine.faults.hanging),
    remove: setFault(machine.faults.missing),
    close: () => refuse(true),
  };
}

function parseKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

function listen(port: number, accept: (socket: Socket) => void): Promise<NetServer> {
  const server = createServer(accept);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function portOf(server: NetServer): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}

const stop = (server: NetServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

function serveConnection(
  connection: Connection,
  machine: Machine,
  authenticateWith: (context: AuthContext) => void,
): void {
  // A client that goes away in the middle of anything is no fault of the lab.
  connection.on('error', () => undefined);
  connection.on('authentication', authenticateWith);
  connection.on('session', (accept) => serveSession(accept(), machine));
}

type Policy = {
  readonly user: string;
  readonly authorized: ParsedKey;
  readonly denied: boolean;
  readonly password: string | null;
};

function authenticate(context: AuthContext, policy: Policy): void {
  const method = policy.password === null ? 'publickey' : 'password';
  const isAllowed = !policy.denied && context.username === policy.user && isProven(context, policy);
  if (isAllowed) context.accept();
  else context.reject([method]);
}

function isProven(context: AuthContext, { authorized, password }: Policy): boolean {
  if (context.method === 'password') return password !== null && context.password === password;
  if (context.method !== 'publickey' || password !== null) return false;
  const isKnown =
    context.key.algo === authorized.type && authorized.getPublicSSH().equals(context.key.data);
  if (!isKnown) return false;
  // Without a signature the client only asks whether the key would do.
  if (!context.signature || !context.blob) return true;
  // ssh2 gives an Error, not false, for a signature that it cannot read.
  const verdict: unknown = authorized.verify(context.blob, context.signature, context.hashAlgo);
  return verdict === true;
}
