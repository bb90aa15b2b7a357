import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { writeStrings } from '../../../../src/collect/ssh/wire-strings.ts';
import { temporaryFolder } from './keys.ts';
import type { KeyPair } from './keys.ts';

export type FakeAgent = { readonly path: string; readonly close: () => void };

/** An agent that holds these keys. */
export async function startAgent(
  keys: readonly KeyPair[],
  {
    canSign = true,
    confirming,
  }: {
    readonly canSign?: boolean;
    /** Who has to confirm each use. */
    readonly confirming?: () => Promise<void>;
  } = {},
): Promise<FakeAgent> {
  const server: Server = createServer((socket) => {
    const agent = new ssh2.AgentProtocol(false);
    agent.on('identities', (request) => {
      agent.getIdentitiesReply(
        request,
        keys.map(({ key }) => key),
      );
    });
    agent.on('sign', (request, wanted, data) => {
      const answer = (): void => {
        const pair = keys.find(({ blob }) => blob.equals(wanted.getPublicSSH()));
        if (pair === undefined || !canSign) agent.failureReply(request);
        else agent.signReply(request, pair.key.sign(data));
      };
      if (confirming === undefined) answer();
      else void confirming().then(answer);
    });
    agent.on('error', () => {});
    socket.on('error', () => {});
    socket.pipe(agent).pipe(socket);
  });
  return await listening(server);
}

/** An agent that lists what it is told to, whatever ssh2 thinks of it, and signs nothing. */
export async function startListingAgent(
  keys: readonly { readonly blob: Buffer; readonly comment: string }[],
): Promise<FakeAgent> {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(keys.length);
  const body = Buffer.concat([
    Buffer.from([12]),
    count,
    writeStrings(keys.flatMap(({ blob, comment }) => [blob, comment])),
  ]);
  return await startRawAgent(writeStrings([body]));
}

/** A socket that answers anything with these bytes, and stays silent without. */
export async function startRawAgent(reply: Buffer | null): Promise<FakeAgent> {
  return await listening(
    createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {
        if (reply !== null) socket.write(reply);
      });
    }),
  );
}

async function listening(server: Server): Promise<FakeAgent> {
  const path = join(temporaryFolder(), 'agent');
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return { path, close: () => void server.close() };
}
