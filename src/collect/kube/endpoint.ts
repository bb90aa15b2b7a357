import { X509Certificate } from 'node:crypto';
import { promises, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import type { Cluster, KubeConfig } from '@kubernetes/client-node';
import type { ClusterSettings } from '../../domain/settings.ts';
import { createExecPlugin, execSettings } from './exec-plugin.ts';
import type { ExecPlugin } from './exec-plugin.ts';
import { collectError, errorText, KubeError, oneLine } from './kube-error.ts';
import { asRecord } from './status-error.ts';
import { readUserFields } from './user-fields.ts';
import type { UserFields } from './user-fields.ts';

/** What the TLS handshake needs. */
export type TlsMaterial = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'
>;

/** What a request is made with at this moment. */
export type Credentials = {
  readonly tls: TlsMaterial;
  /** By names in lower case; a list is a header for each of its values. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
};

/** An API server as one context of a kubeconfig names it. */
export type Endpoint = {
  readonly server: URL;
  /** `host:port`, for messages. */
  readonly address: string;
  readonly proxyUrl: string | null;
  /** The namespaces of the contexts of this user on this cluster, the present one's first. */
  readonly namespaces: readonly string[];
  /** Whether the kubeconfig or a file that it names changed since it was read. */
  readonly isStale: () => Promise<boolean>;
  /**
   * Asks the authentication provider; a plugin that runs is not started twice.
   * @throws {KubeError} `exec-plugin`, `auth-provider`, `kubeconfig-invalid`
   */
  readonly credentials: () => Promise<Credentials>;
  /** Ends a plugin that runs. */
  readonly end: () => void;
};

/**
 * Reads the kubeconfig and picks the context.
 * @throws {KubeError} `kubeconfig-missing`, `kubeconfig-invalid`, `context-unknown`
 */
export async function loadEndpoint(settings: ClusterSettings, pluginMs: number): Promise<Endpoint> {
  // Before the file is read: a change in between gives another stamp, and the file is read again.
  const before = await fileStamp(settings.kubeconfig);
  const config = await loadConfig(settings.kubeconfig);
  pickContext(config, settings);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const invalid = (what: string) =>
    kubeconfigInvalid(settings.kubeconfig, `context ${config.getCurrentContext()} ${what}`);
  if (cluster === null) throw invalid('names a cluster that is not in the file');
  if (user === null) throw invalid('names a user that is not in the file');
  const server = URL.parse(cluster.server);
  if (server === null) throw invalid(`has a server that is not a URL: ${cluster.server}`);
  const fields = await readUserFields(settings.kubeconfig, {
    user: user.name,
    cluster: cluster.name,
  });
  if (!user.impersonateUser && Object.keys(fields.impersonation).length > 0)
    throw invalid('has as-uid, as-groups or as-user-extra of a user without as: whom it acts as');
  const plugin = takePlugin(config, settings.kubeconfig, fields.pluginConfig, pluginMs);
  const files = filesOf(config);
  const stamps = [before, ...(await Promise.all(files.map(fileStamp)))];
  return {
    server,
    address: `${server.hostname}:${server.port || (server.protocol === 'http:' ? '80' : '443')}`,
    proxyUrl: cluster.proxyUrl ?? null,
    namespaces: namespacesOf(config),
    isStale: async () => {
      const now = await Promise.all([settings.kubeconfig, ...files].map(fileStamp));
      return now.some((stamp, index) => stamp !== stamps[index]);
    },
    credentials: createCredentials(config, { path: settings.kubeconfig, fields, plugin }, pluginMs),
    end: () => plugin?.end(),
  };
}

/**
 * Takes the credential plugin out of the configuration: client-node's own has no time limit, gives it the standard input
 * and leaves it running.
 */
function takePlugin(
  config: KubeConfig,
  path: string,
  pluginConfig: unknown,
  pluginMs: number,
): ExecPlugin | null {
  const user = config.getCurrentUser();
  const cluster = config.getCurrentCluster();
  const settings = execSettings(user, cluster && clusterInfo(cluster, pluginConfig), path);
  if (settings === undefined || user === null) return null;
  const { exec: _exec, authProvider: _authProvider, ...rest } = user;
  config.users = config.users.map((each) => (each.name === user.name ? rest : each));
  return createExecPlugin(settings, pluginMs, Date.now);
}

/** `ExecCredential.spec.cluster` of client.authentication.k8s.io/v1. */
const clusterInfo = (cluster: Cluster, pluginConfig: unknown): unknown => ({
  server: cluster.server,
  ...authorityOf(cluster),
  ...(pluginConfig === undefined ? {} : { config: pluginConfig }),
  ...(cluster.tlsServerName ? { 'tls-server-name': cluster.tlsServerName } : {}),
  ...(cluster.skipTLSVerify ? { 'insecure-skip-tls-verify': true } : {}),
  ...(cluster.proxyUrl ? { 'proxy-url': cluster.proxyUrl } : {}),
});

/** Base64, also of an authority in a file, as client-go passes it on; nothing for a file that cannot be read. */
function authorityOf({ caData, caFile }: Cluster): object {
  if (caData) return { 'certificate-authority-data': caData };
  if (!caFile) return {};
  try {
    return { 'certificate-authority-data': readFileSync(caFile, 'base64') };
  } catch {
    return {};
  }
}

/** Time, size and identity of a file as one text; the same text for a file that is not there. */
export async function fileStamp(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await promises.stat(path);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return '-';
  }
}

async function loadConfig(path: string): Promise<KubeConfig> {
  const { KubeConfig } = await import('./kube-config.ts');
  const config = new KubeConfig();
  try {
    config.loadFromFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES'))
      throw new KubeError(
        collectError(
          'kubeconfig-missing',
          hasCode(error, 'EACCES')
            ? `kubeconfig cannot be read: ${path}: permission denied`
            : `kubeconfig not found: ${path}`,
          'create the file, or correct kubeconfig of this cluster in the configuration',
        ),
        { cause: error },
      );
    throw kubeconfigInvalid(path, yamlComplaint(error), error);
  }
  return config;
}

/**
 * What js-yaml or the reader complains of. js-yaml's own message quotes lines of the file, which may hold a
 * token: only its reason and the line number are taken.
 */
function yamlComplaint(error: unknown): string {
  if (error instanceof TypeError) return 'it is empty, or not a kubeconfig';
  if (error instanceof Error && 'reason' in error && typeof error.reason === 'string') {
    const line = asRecord('mark' in error ? error.mark : null)['line'];
    return typeof line === 'number' ? `${error.reason} in line ${line + 1}` : error.reason;
  }
  return errorText(error);
}

const kubeconfigInvalid = (path: string, what: string, cause?: unknown): KubeError =>
  new KubeError(
    collectError(
      'kubeconfig-invalid',
      oneLine(`kubeconfig ${path}: ${what}`),
      'compare it with the output of kubectl config view',
    ),
    { cause },
  );

function pickContext(config: KubeConfig, { kubeconfig, context }: ClusterSettings): void {
  const names = config.getContexts().map(({ name }) => name);
  const wanted = context ?? config.getCurrentContext();
  if (wanted === undefined || !names.includes(wanted))
    throw new KubeError(
      collectError(
        'context-unknown',
        oneLine(
          wanted
            ? `no context ${wanted} in ${kubeconfig}`
            : `no context is set and ${kubeconfig} has no current-context`,
        ),
        names.length === 0
          ? 'the file has no contexts'
          : oneLine(`the file has these contexts: ${names.join(', ')}`),
      ),
    );
  config.setCurrentContext(wanted);
}

function namespacesOf(config: KubeConfig): readonly string[] {
  const present = config.getContextObject(config.getCurrentContext());
  return [
    ...new Set(
      [present, ...config.getContexts()].flatMap((context) =>
        context && context.cluster === present?.cluster && context.user === present.user
          ? [context.namespace ?? DEFAULT_NAMESPACE]
          : [],
      ),
    ),
  ];
}

/** Of a context that names none, as for kubectl. */
const DEFAULT_NAMESPACE = 'default';

/** The files whose change matters, besides the kubeconfig itself. */
function filesOf(config: KubeConfig): readonly string[] {
  const user = config.getCurrentUser();
  const provider: unknown = user?.authProvider?.config?.tokenFile;
  return [config.getCurrentCluster()?.caFile, user?.certFile, user?.keyFile, provider].filter(
    (file): file is string => typeof file === 'string' && file !== '',
  );
}

function createCredentials(
  config: KubeConfig,
  source: CredentialSource,
  pluginMs: number,
): () => Promise<Credentials> {
  let running: Promise<Credentials> | undefined;
  return async () => {
    running ??= ask(config, source).finally(() => {
      running = undefined;
    });
    return within(running, pluginMs, config);
  };
}

/** Where credentials come from, besides what was read of the kubeconfig. */
type CredentialSource = {
  readonly path: string;
  readonly fields: UserFields;
  readonly plugin: ExecPlugin | null;
};

async function ask(
  config: KubeConfig,
  { path, fields: { tokenFile, impersonation }, plugin }: CredentialSource,
): Promise<Credentials> {
  const given = await plugin?.credential();
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw credentialError(config, path, error);
  }
  const { ca, pfx, passphrase, rejectUnauthorized, servername, auth } = options;
  const cert = given?.certificate ?? options.cert;
  const key = given?.key ?? options.key;
  const headers: Record<string, string | readonly string[]> = {
    ...(given?.token ? { authorization: `Bearer ${given.token}` } : {}),
    ...impersonation,
  };
  for (const [name, value] of Object.entries(options.headers ?? {}))
    headers[name.toLowerCase()] = String(value);
  // Read again for each request: whoever rotates the token tells nobody.
  if (tokenFile !== null) headers['authorization'] = `Bearer ${await readToken(tokenFile, path)}`;
  else if (auth) headers['authorization'] ??= `Basic ${Buffer.from(auth).toString('base64')}`;
  return {
    tls: definedOnly({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }),
    headers,
  };
}

async function readToken(tokenFile: string, kubeconfig: string): Promise<string> {
  try {
    return (await promises.readFile(tokenFile, 'utf8')).trim();
  } catch (error) {
    throw new KubeError(
      collectError(
        'token-file',
        oneLine(`the token file of ${kubeconfig} cannot be read: ${errorText(error)}`),
        'create the file, or log in again with the tool that writes it',
      ),
      { cause: error },
    );
  }
}

function credentialError(config: KubeConfig, path: string, error: unknown): KubeError {
  const user = config.getCurrentUser();
  const text = errorText(error);
  if (error instanceof Error && 'syscall' in error && error.syscall === 'open')
    return kubeconfigInvalid(path, text, error);
  return user?.authProvider
    ? new KubeError(
        collectError(
          'auth-provider',
          oneLine(`auth-provider ${String(user.authProvider.name)} of ${path} failed: ${text}`),
          'log in again with the tool that wrote the kubeconfig',
        ),
        { cause: error },
      )
    : kubeconfigInvalid(path, text, error);
}

/** An auth-provider that runs a program has no limit of its own. */
async function within(
  asked: Promise<Credentials>,
  limitMs: number,
  config: KubeConfig,
): Promise<Credentials> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const provider = String(config.getCurrentUser()?.authProvider?.name ?? 'of the kubeconfig');
    reject(
      new KubeError(
        collectError(
          'auth-provider',
          oneLine(`auth-provider ${provider} did not answer in ${limitMs / 1000} s`),
          'log in again with the tool that wrote the kubeconfig',
        ),
      ),
    );
  }, limitMs + PLUGIN_GRACE_MS);
  try {
    return await Promise.race([asked, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The end of the certificate that is presented to the server, if it is over; the text is its date. */
export function expiredSince({ cert }: TlsMaterial, now: number): string | undefined {
  const [first] = [cert].flat();
  if (first === undefined) return undefined;
  try {
    const end = new Date(new X509Certificate(first).validTo);
    return end.getTime() < now ? end.toISOString() : undefined;
  } catch {
    return undefined;
  }
}

/** A credential plugin has its own limit, and tells more. */
const PLUGIN_GRACE_MS = 2_000;

function definedOnly(tls: { [K in keyof TlsMaterial]: TlsMaterial[K] | undefined }): TlsMaterial {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
