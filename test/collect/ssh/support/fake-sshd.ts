import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel, Session } from 'ssh2';
import { writeStrings } from '../../../../src/collect/ssh/wire-strings.ts';
import { createOrderedOutput } from '../../../../src/lab/ordered-output.ts';
import type { KeyPair } from './keys.ts';

export type FakeSshdOptions = {
  readonly hostKeys: readonly KeyPair[];
  /** Keys that may log in. */
  readonly authorized: readonly KeyPair[];
  /** Methods told to the client; default publickey. */
  readonly methods?: readonly ('publickey' | 'password' | 'keyboard-interactive')[];
  /** Judges a request to log in instead; `byKey` does what is done otherwise. */
  readonly onAuthentication?: (context: AuthContext, byKey: () => void) => void;
  /** Connects to other places for the client, as a jump host does; `silent` never answers the wish. */
  readonly forwards?: 'all' | 'none' | 'silent';
  /** Refuses the channels beyond; default no limit. */
  readonly maxSessions?: number;
  /** What answers an exec; default a real /bin/sh. */
  readonly onExec?: (channel: ServerChannel, command: string) => void;
  /** Neither grants nor refuses a channel. */
  readonly isSilentOnSessions?: boolean;
  /** Starts no program. */
  readonly refusesExec?: boolean;
  readonly ident?: string;
  readonly greeting?: string;
  /** Default: a free one. */
  readonly port?: number;
};

export type FakeSshd = {
  readonly port: number;
  readonly connections: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  readonly authentications: readonly string[];
  readonly commands: readonly string[];
  /** Places that were asked for as of a jump host. */
  readonly forwarded: readonly string[];
  /** Nothing is read or answered any more, but TCP stays. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Drops all connections. */
  readonly cut: () => void;
  readonly rekey: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** An SSH server on loopback whose shells are real. */
export async function startFakeSshd(options: FakeSshdOptions): Promise<FakeSshd> {
  const authentications: string[] = [];
  const commands: string[] = [];
  const forwarded: string[] = [];
  const clients = new Set<Connection>();
  const sockets = new Set<Socket>();
  const children = new Set<ChildProcess>();
  let connections = 0;
  let isFrozen = false;
  /** Sockets that came while it was frozen. */
  const waiting: Socket[] = [];

  const ssh = new ssh2.Server(
    {
      hostKeys: options.hostKeys.map(({ privateText }) => privateText),
      ...(options.greeting === undefined ? {} : { greeting: options.greeting }),
    },
    (client) => {
      clients.add(client);
      client.on('error', () => {});
      client.on('close', () => clients.delete(client));
      client.on('authentication', (context) => authenticate(context));
      client.on('ready', () => {
        let sessions = 0;
        client.on('tcpip', (accept, reject, { destIP, destPort }) => {
          forwarded.push(`${destIP}:${destPort}`);
          if (options.forwards === 'all') forward(accept, reject, destIP, destPort);
          else if (options.forwards !== 'silent') reject();
        });
        client.on('session', (accept, reject) => {
          if (options.isSilentOnSessions === true) return;
          if (sessions >= (options.maxSessions ?? Number.POSITIVE_INFINITY)) {
            reject();
            return;
          }
          sessions++;
          serve(accept(), () => sessions--);
        });
      });
    },
  );

  const authenticate = (context: AuthContext): void => {
    authentications.push(context.method);
    if (options.onAuthentication === undefined) byKey(context);
    else options.onAuthentication(context, () => byKey(context));
  };

  const byKey = (context: AuthContext): void => {
    const methods = [...(options.methods ?? ['publickey' as const])];
    if (context.method !== 'publickey') {
      context.reject(methods);
      return;
    }
    const { data } = context.key;
    const isAllowed = options.authorized.some(
      ({ blob, key }) =>
        blob.equals(data) &&
        (context.signature === undefined ||
          key.verify(context.blob ?? Buffer.alloc(0), context.signature, context.hashAlgo)),
    );
    if (isAllowed) context.accept();
    else context.reject(methods);
  };

  const forward = (
    accept: () => ServerChannel,
    reject: () => void,
    host: string,
    port: number,
  ): void => {
    const socket = connect({ host, port });
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      const channel = accept();
      channel.on('error', () => {});
      socket.on('error', () => channel.close());
      socket.pipe(channel).pipe(socket);
    });
  };

  const serve = (session: Session, onEnd: () => void): void => {
    session.on('exec', (accept, reject, { command }) => {
      commands.push(command);
      if (options.refusesExec === true) {
        reject();
        return;
      }
      const channel = accept();
      channel.once('close', onEnd);
      if (options.onExec === undefined) shell(session, channel);
      else options.onExec(channel, command);
    });
  };

  const shell = (session: Session, channel: ServerChannel): void => {
    const child = spawn('/bin/sh', [], { detached: true });
    children.add(child);
    const kill = (name: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // It is gone already.
      }
    };
    session.on('signal', (accept, _reject, { name }) => {
      accept?.();
      if (!isFrozen) kill(`SIG${name}` as NodeJS.Signals);
    });
    channel.pipe(child.stdin);
    child.stdin.on('error', () => {});
    const output = createOrderedOutput();
    for (const [from, to] of [
      [child.stdout, channel],
      [child.stderr, channel.stderr],
    ] as const)
      from.on('data', (bytes: Buffer) => {
        from.pause();
        output.write(to, bytes);
        output.afterAll(() => from.resume());
      });
    child.on('close', (code) => {
      children.delete(child);
      output.afterAll(() => {
        channel.exit(code ?? 255);
        channel.end();
        channel.close();
      });
    });
    channel.once('close', () => kill('SIGKILL'));
  };

  const server: NetServer = createServer((socket) => {
    connections++;
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    if (isFrozen) waiting.push(socket);
    else ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => clients.size,
    authentications,
    commands,
    forwarded,
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
      for (const child of children) child.kill('SIGSTOP');
    },
    thaw: () => {
      isFrozen = false;
      for (const socket of waiting.splice(0)) if (!socket.destroyed) ssh.injectSocket(socket);
      for (const child of children) child.kill('SIGCONT');
      for (const socket of sockets) socket.resume();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    rekey: () =>
      new Promise((resolve) => {
        const [client] = clients;
        if (client === undefined) resolve();
        else client.rekey(() => resolve());
      }),
    close: async () => {
      for (const child of children) child.kill('SIGKILL');
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** What ssh2 1.17 has within, for what its server cannot say. */
type Within = {
  readonly _protocol: {
    readonly _packetRW: {
      readonly write: {
        readonly allocStart: number;
        readonly alloc: (bytes: number) => Buffer;
        readonly finalize: (packet: Buffer) => Buffer;
      };
    };
    readonly _cipher: { readonly encrypt: (packet: Buffer) => void };
  };
};

/** RFC 4252, 5.4: a message to the user in the middle of the login, as sshd hands over what PAM says. */
export function tellUser(context: AuthContext, text: string): void {
  const { _cipher: cipher, _packetRW: packets } = (context as unknown as Within)._protocol;
  const message = Buffer.concat([Buffer.from([53]), writeStrings([text, ''])]);
  const packet = packets.write.alloc(message.length);
  message.copy(packet, packets.write.allocStart);
  cipher.encrypt(packets.write.finalize(packet));
}

/** A TCP server that is no sshd: says something at once, or nothing. */
export async function startTcpServer(
  onSocket: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
