import { createServer, type Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2';
import { createKeyPair } from './key-pair.ts';
import { createLine, type LineLimit, type LineShape } from './line.ts';
import { startListener } from './listener.ts';
import type { Machine } from './machine.ts';
import type { Chunk } from './shell/streams.ts';
import { serveSession, type LoginFaults } from './ssh-session.ts';

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
  /** Session channels that are open, over all connections. */
  readonly channelCount: () => number;
  /** Serves a client that is reached by other means than TCP. */
  readonly accept: (client: Duplex) => void;
  /** Off: connections break, new ones are refused, the host and its zones stop. On: it boots. */
  readonly power: (on: boolean) => Promise<void>;
  /** sshd is gone, the host runs on: connections break and new ones are refused. */
  readonly refuse: (refused: boolean) => Promise<void>;
  /**
   * Accepts connections but sends nothing any more; what was held back is sent when it thaws. A client
   * sees the same of a network that drops everything, but for connections that are new.
   */
  readonly freeze: (frozen: boolean) => void;
  /** The network in front of the host: its delay and its rate. */
  readonly shapeLine: (change: Partial<LineShape>) => void;
  /** Cuts or silences each connection after so many further bytes; null: no more. */
  readonly limitLine: (limit: LineLimit | null) => void;
  /** The present connections are never heard of again; new ones work. */
  readonly forget: () => void;
  /** The next long output breaks off in the middle of a line, and the connections with it. */
  readonly cutMidLine: () => void;
  readonly denyAuthentication: (denied: boolean) => void;
  /** Only this password lets in, no key; null: the key again. */
  readonly passwordOnly: (password: string | null) => void;
  /** Told before the login, as by Banner of sshd_config(5); null: nothing. For new connections. */
  readonly banner: (text: string | null) => void;
  /** Lines before the identification of the server, RFC 4253 4.2; null: none. For new connections. */
  readonly greeting: (text: string | null) => void;
  /** What the login scripts of the account print; null: nothing. For new channels. */
  readonly profileNoise: (text: string | null) => void;
  /** MaxSessions of sshd_config(5); null: no limit. */
  readonly limitSessions: (most: number | null) => void;
  /** New connections see another host key; the present ones break. */
  readonly changeHostKey: () => void;
  /** The host key of the beginning is back; the present connections break. */
  readonly restoreHostKey: () => void;
  /** A program prints this in place of its output; null: its own output again. */
  readonly garbage: (program: string, output: Chunk | null) => void;
  /** A program prints this on its standard error and fails; null: it works again. */
  readonly fail: (program: string, message: Chunk | null) => void;
  /** A program prints without end until it is killed. */
  readonly flood: (program: string, flooding: boolean) => void;
  /** A program never ends until it is killed. */
  readonly hang: (program: string, hanging: boolean) => void;
  /** A program is not installed. */
  readonly remove: (program: string, removed: boolean) => void;
  /** Nothing but these programs is installed. */
  readonly keepOnly: (programs: readonly string[]) => void;
  /** The user's rights profiles give privileges to these programs and to no other. */
  readonly profile: (programs: readonly string[]) => void;
  /** Every program begins so much later. */
  readonly delayPrograms: (delayMs: number) => void;
  readonly close: () => Promise<void>;
};

/** Starts the SSH server of a host. */
export async function startSshHost(options: SshHostOptions): Promise<SshHost> {
  const { machine, name } = options;
  const authorized = parseKey(options.authorizedKey);
  const line = createLine(machine.clock);
  const firstKey = createKeyPair(name);
  const channels = new Set<object>();
  let hostKey = firstKey;
  let denied = false;
  let password: string | null = null;
  let banner: string | null = null;
  let greeting: string | null = null;
  let mostSessions = Number.POSITIVE_INFINITY;
  const login: { noise: string | null; cutNext: boolean } = { noise: null, cutNext: false };
  let sshServer = createSshServer();

  function createSshServer() {
    return new ssh2.Server(
      {
        hostKeys: [hostKey.privateKey],
        ident: 'OpenSSH_10.2',
        ...(banner === null ? {} : { banner }),
        ...(greeting === null ? {} : { greeting }),
      },
      (connection) => {
        serveConnection(connection, {
          machine,
          login: faults,
          channels,
          mostSessions: () => mostSessions,
          authenticateWith: (context) =>
            authenticate(context, { user: machine.user, authorized, denied, password }),
        });
      },
    );
  }
  const faults: LoginFaults = {
    noise: () => login.noise,
    takeCut: () => {
      const isCut = login.cutNext;
      login.cutNext = false;
      return isCut;
    },
    // What was written is on its way through the stream until then.
    cut: () => setImmediate(() => line.breakAll('end')),
  };

  const accept = (client: Duplex) => {
    const [outer, inner] = duplexPair({ allowHalfOpen: false });
    // The ends of a pair know of each other's end, not of each other's destruction.
    outer.once('close', () => inner.destroy());
    inner.once('close', () => outer.destroy());
    line.join(client, outer);
    // ssh2 reads of a socket what any stream has.
    sshServer.injectSocket(inner as Socket);
  };
  const acceptSocket = (socket: Socket) => {
    socket.setNoDelay(true);
    accept(socket);
  };
  const breakAll = () => line.breakAll('reset');
  // Ends are carried by the line, when it carries anything.
  const server = createServer({ allowHalfOpen: true }, acceptSocket);
  const listener = await startListener(server, breakAll, options.port);
  const refuse = async (refused: boolean) => {
    // Also those that came by other means than TCP.
    if (refused) breakAll();
    await listener.setListening(!refused);
  };
  const showKey = (key: typeof hostKey) => {
    hostKey = key;
    sshServer = createSshServer();
    line.breakAll('end');
  };
  const setFault = (set: Set<string>) => (program: string, on: boolean) => {
    if (on) set.add(program);
    else set.delete(program);
  };
  const setText = (map: Map<string, Chunk>) => (program: string, text: Chunk | null) => {
    if (text === null) map.delete(program);
    else map.set(program, text);
  };
  return {
    name,
    port: listener.port,
    machine,
    hostKey: () => hostKey.publicKey.split(' ').slice(0, 2).join(' '),
    connectionCount: line.connections,
    channelCount: () => channels.size,
    accept,
    power: async (on) => {
      machine.world.setPower(name, on);
      await refuse(!on);
    },
    refuse,
    freeze: line.hold,
    shapeLine: line.shape,
    limitLine: line.limit,
    forget: line.forget,
    cutMidLine: () => {
      login.cutNext = true;
    },
    denyAuthentication: (now) => {
      denied = now;
    },
    passwordOnly: (now) => {
      password = now;
    },
    banner: (text) => {
      banner = text;
      sshServer = createSshServer();
    },
    greeting: (text) => {
      greeting = text;
      sshServer = createSshServer();
    },
    profileNoise: (text) => {
      login.noise = text;
    },
    limitSessions: (most) => {
      mostSessions = most ?? Number.POSITIVE_INFINITY;
    },
    changeHostKey: () => showKey(createKeyPair(name)),
    restoreHostKey: () => showKey(firstKey),
    garbage: setText(machine.faults.garbage),
    fail: setText(machine.faults.failing),
    flood: setFault(machine.faults.flooding),
    hang: setFault(machine.faults.hanging),
    remove: setFault(machine.faults.missing),
    keepOnly: (programs) => {
      for (const name of machine.programs.keys())
        if (!programs.includes(name)) machine.faults.missing.add(name);
    },
    profile: (programs) => {
      machine.profile.clear();
      for (const program of programs) machine.profile.add(program);
    },
    delayPrograms: (delayMs) => {
      machine.faults.delayMs = delayMs;
    },
    close: async () => {
      breakAll();
      await listener.close();
    },
  };
}

function parseKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

type Service = {
  readonly machine: Machine;
  readonly login: LoginFaults;
  /** One entry for each open session channel of the host. */
  readonly channels: Set<object>;
  readonly mostSessions: () => number;
  readonly authenticateWith: (context: AuthContext) => void;
};

function serveConnection(connection: Connection, service: Service): void {
  const { channels } = service;
  const own = new Set<object>();
  // A client that goes away in the middle of anything is no fault of the lab.
  connection.on('error', () => undefined);
  connection.on('authentication', service.authenticateWith);
  connection.on('session', (accept, reject) => {
    if (own.size >= service.mostSessions()) {
      reject();
      return;
    }
    const session = accept();
    own.add(session);
    channels.add(session);
    session.once('close', () => {
      own.delete(session);
      channels.delete(session);
    });
    serveSession(session, service.machine, service.login);
  });
  connection.once('close', () => {
    for (const session of own) channels.delete(session);
    own.clear();
  });
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
