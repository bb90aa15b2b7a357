import type { KeyObject } from 'node:crypto';
import { promises as fs } from 'node:fs';
import type { ParsedKey } from 'ssh2';
import { askAgent } from './agent.ts';
import type { AgentAnswer, AgentKey } from './agent.ts';
import { agentError, agentFailure, noKeyFailure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { fingerprint, needsOpenSsh, rsaBits } from './key-blob.ts';
import { readKeyFile } from './key-file.ts';
import type { KeyFile, LockedFile } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import { keySigner, oneKeyAgent, socketSigner } from './signing-agents.ts';
import type { SigningAgent } from './signing-agents.ts';
import type { Target } from './target.ts';

/** A key that will be offered to the server. */
export type Identity = {
  /** For people: file or agent, and fingerprint. */
  readonly label: string;
  readonly method:
    | { readonly type: 'agent'; readonly agent: SigningAgent }
    | { readonly type: 'publickey'; readonly key: ParsedKey }
    /** Encrypted, and not even its public half is known: it cannot be offered before it is opened. */
    | { readonly type: 'locked'; readonly file: LockedFile };
};

export type Identities = {
  readonly identities: readonly Identity[];
  /** Why keys that were asked for are not offered. */
  readonly unusable: readonly string[];
  /** Keys and certificates are among them that the ssh program could use. */
  readonly needsOpenSsh: boolean;
  /** The socket at which an agent answered. */
  readonly agentPath: string | null;
};

export type IdentityDeps = {
  readonly env: NodeJS.ProcessEnv;
  readonly keyRing: KeyRing;
  /** Somebody is there to be asked for a passphrase. */
  readonly canAsk: boolean;
  /** Called when the agent is asked for a signature: a person may have to confirm it. */
  readonly onSigning: () => void;
  /** The server would take this key, but it is encrypted. */
  readonly onLocked: (file: LockedFile) => void;
};

/**
 * The keys for a host: those of the agent first (named files first among them), then files.
 * With `identitiesOnly` the agent offers only keys of the named files, because a server counts each
 * key and ends the connection at the sixth. An encrypted key is offered by its public half: only when the server
 * would take it, its passphrase is worth asking for. Never rejects.
 */
export async function loadIdentities(
  target: Target,
  deps: IdentityDeps,
): Promise<Identities | LinkFailure> {
  if (!target.methods.includes('publickey'))
    return hasOtherWay(target, deps) ? NOTHING : noKeyFailure(target, NOTHING, false);
  const least = target.requiredRsaBits;
  const read = await Promise.all(
    target.identityFiles.map((file) => readKeyFile(file, deps.keyRing)),
  );
  const files = read.map((file) => longEnough(file, least));
  const agent: AgentAnswer =
    target.agent === null ? { kind: 'none' } : await askAgent(target.agent, deps.env);
  const all = agent.kind === 'keys' ? agent.keys : [];
  const held = all.filter(({ blob }) => !isShort(blob, least));
  const isNamed = ({ blob }: AgentKey): boolean =>
    files.some((file) => 'blob' in file && file.blob?.equals(blob) === true);
  const named = held.filter((key) => isNamed(key));
  const others = target.identitiesOnly ? [] : held.filter((key) => !named.includes(key));
  const inAgent = (blob: Buffer | null): boolean =>
    blob !== null && named.some((key) => key.blob.equals(blob));

  const fromAgent =
    agent.kind === 'keys'
      ? [...named, ...others].flatMap((key) => agentIdentity(agent.path, key, deps))
      : [];
  const fromFiles = files.flatMap((file) =>
    'blob' in file && inAgent(file.blob) ? [] : fileIdentity(file, deps),
  );
  const certificates = await certificatesOf(target);
  const foreign = [...named, ...others].filter(({ type }) => needsOpenSsh(type));
  const unusable = [
    ...(agent.kind === 'dead' ? [agentError(agent.why).message] : []),
    ...files.flatMap((file) => whyUnusable(file, inAgent, deps.canAsk)),
    ...certificates.map((file) => `certificate ${file}`),
    ...all
      .filter((key) => !held.includes(key))
      .map(({ blob }) => `${shortText(blob, least)} ${fingerprint(blob)} of the agent`),
    ...foreign.map(({ type, blob }) => `${type} ${fingerprint(blob)} of the agent`),
  ];
  // Those that cannot even be offered come last: nothing is asked for while another key may do.
  const identities = [...fromAgent, ...fromFiles].toSorted(
    (a, b) => Number(a.method.type === 'locked') - Number(b.method.type === 'locked'),
  );
  const found: Identities = {
    identities,
    unusable,
    needsOpenSsh:
      certificates.length > 0 ||
      foreign.length > 0 ||
      files.some((file) => file.kind === 'unusable' && file.needsOpenSsh),
    agentPath: agent.kind === 'keys' ? agent.path : null,
  };
  if (identities.length > 0) return found;
  if (agent.kind === 'dead') return agentFailure(agent.why);
  return hasOtherWay(target, deps) ? found : noKeyFailure(target, found, agent.kind === 'keys');
}

const isShort = (blob: Buffer, least: number): boolean => (rsaBits(blob) ?? least) < least;
const shortText = (blob: Buffer, least: number): string =>
  `RSA with ${rsaBits(blob)} bits, where RequiredRSASize wants ${least}:`;

/** As ssh does, a key that is too short is not offered. */
const longEnough = (file: KeyFile, least: number): KeyFile =>
  'blob' in file && file.blob !== null && isShort(file.blob, least)
    ? {
        kind: 'unusable',
        why: `${shortText(file.blob, least)} identity file ${file.path}`,
        needsOpenSsh: false,
      }
    : file;

const NOTHING: Identities = {
  identities: [],
  unusable: [],
  needsOpenSsh: false,
  agentPath: null,
};

/** A password or a dialogue with the server may do where no key does. */
const hasOtherWay = ({ methods }: Target, { canAsk }: IdentityDeps): boolean =>
  canAsk && methods.some((method) => method !== 'publickey');

/** One agent per key, so that each key offered is known by its label. */
function agentIdentity(
  path: string,
  { blob, comment }: AgentKey,
  { onSigning }: IdentityDeps,
): readonly Identity[] {
  const agent = oneKeyAgent(blob, socketSigner(path, onSigning));
  const label = `agent ${comment} ${fingerprint(blob)}`;
  return agent === undefined ? [] : [{ label, method: { type: 'agent', agent } }];
}

function fileIdentity(file: KeyFile, deps: IdentityDeps): readonly Identity[] {
  if (file.kind === 'private') {
    const label = `${file.path} ${fingerprint(file.blob)}`;
    if (!isKeyObject(file.key)) return [{ label, method: { type: 'publickey', key: file.key } }];
    const agent = oneKeyAgent(file.blob, keySigner(file.key));
    return agent === undefined ? [] : [{ label, method: { type: 'agent', agent } }];
  }
  if (file.kind !== 'locked' || !deps.canAsk) return [];
  if (file.blob === null) return [{ label: file.path, method: { type: 'locked', file } }];
  // The signature is asked for only when the server would take the key.
  const agent = oneKeyAgent(file.blob, () => deps.onLocked(file));
  const label = `${file.path} ${fingerprint(file.blob)}`;
  return agent === undefined ? [] : [{ label, method: { type: 'agent', agent } }];
}

const isKeyObject = (key: ParsedKey | KeyObject): key is KeyObject => 'asymmetricKeyType' in key;

function whyUnusable(
  file: KeyFile,
  inAgent: (blob: Buffer | null) => boolean,
  canAsk: boolean,
): readonly string[] {
  switch (file.kind) {
    case 'private':
    case 'missing':
      return [];
    case 'unusable':
      return [file.why];
    case 'public':
      return inAgent(file.blob) ? [] : [file.why];
    case 'locked':
      return canAsk || inAgent(file.blob)
        ? []
        : [`identity file ${file.path} has a passphrase and the agent does not hold the key`];
  }
}

/** ssh_config(5), CertificateFile: those named, and one beside each identity file. */
async function certificatesOf(target: Target): Promise<readonly string[]> {
  const files = [
    ...target.certificateFiles,
    ...target.identityFiles.map(({ path }) => `${path.replace(/\.pub$/, '')}-cert.pub`),
  ];
  const exist = await Promise.all(
    files.map((file) =>
      fs.access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => exist[index]);
}
