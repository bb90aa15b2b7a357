import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { dirname, isAbsolute, resolve } from 'node:path';
import { collectError, errorText, KubeError, oneLine } from './kube-error.ts';
import { asRecord, asText, parseJson } from './status-error.ts';

/** `users[].user.exec` of a kubeconfig (client.authentication.k8s.io), as far as it is read. */
export type ExecSettings = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  /** `Always`: it works at a terminal only. */
  readonly interactiveMode: string;
  /** What a person does when it is not installed; empty when the kubeconfig does not say. */
  readonly installHint: string;
  /** `spec.cluster` of what it is told; undefined when it does not want to know. */
  readonly cluster: unknown;
};

/** What a plugin gave. */
export type PluginCredential = {
  readonly token: string | null;
  /** PEM. */
  readonly certificate: string | null;
  readonly key: string | null;
};

/** Runs the credential plugin of one user. */
export type ExecPlugin = {
  /**
   * What it gave last, until shortly before that ends, else what it gives now. One that runs is not started twice.
   * @throws {KubeError} `exec-plugin`
   */
  readonly credential: () => Promise<PluginCredential>;
  /** Ends it if it runs. */
  readonly end: () => void;
};

const OUTPUT_LIMIT = 1 << 20;
const WORDS_LIMIT = 4096;
/** A credential is asked for anew so long before its end. */
const LEEWAY_MS = 10_000;
/** A program that was asked to end has so long; one that has ended may leave others that hold its output. */
const GRACE_MS = 500;

/** The settings of the kubeconfig's user; undefined when it names no plugin. @param kubeconfig its path */
export function execSettings(
  user: unknown,
  cluster: unknown,
  kubeconfig: string,
): ExecSettings | undefined {
  const { exec: own, authProvider } = asRecord(user);
  const exec = asRecord(own ?? asRecord(asRecord(authProvider)['config'])['exec']);
  const command = asText(exec['command']);
  if (command === '') return undefined;
  const variables = Array.isArray(exec['env']) ? exec['env'].map(asRecord) : [];
  return {
    // A path is relative to the kubeconfig; a bare name is looked for on $PATH.
    command:
      command.includes('/') && !isAbsolute(command)
        ? resolve(dirname(kubeconfig), command)
        : command,
    args: Array.isArray(exec['args']) ? exec['args'].map(String) : [],
    env: Object.fromEntries(variables.map(({ name, value }) => [asText(name), asText(value)])),
    apiVersion: asText(exec['apiVersion']) || 'client.authentication.k8s.io/v1',
    interactiveMode: asText(exec['interactiveMode']),
    installHint: oneLine(asText(exec['installHint'])),
    cluster: exec['provideClusterInfo'] === true ? cluster : undefined,
  };
}

/** See {@link ExecPlugin}. @param limitMs after so long it is ended, with all that it has started */
export function createExecPlugin(
  settings: ExecSettings,
  limitMs: number,
  clock: () => number,
): ExecPlugin {
  let known: { readonly credential: PluginCredential; readonly until: number } | undefined;
  let running: Promise<PluginCredential> | undefined;
  let child: ChildProcess | undefined;

  async function ask(): Promise<PluginCredential> {
    const { command } = settings;
    const name = oneLine(command);
    if (settings.interactiveMode === 'Always')
      throw failure(
        `credential plugin ${name} works at a terminal only (interactiveMode: Always)`,
        `run ${name} by hand, and use a kubeconfig with a token or a certificate`,
      );
    const output = await run(settings, limitMs, (started) => {
      child = started;
    });
    const { status } = asRecord(parseJson(output));
    const { token, clientCertificateData, clientKeyData, expirationTimestamp } = asRecord(status);
    const credential = {
      token: asText(token) || null,
      certificate: asText(clientCertificateData) || null,
      key: asText(clientKeyData) || null,
    };
    const isUseful =
      credential.token !== null || (credential.certificate !== null && credential.key !== null);
    if (!isUseful)
      throw failure(
        `credential plugin ${name} failed: its answer has neither a token nor a certificate`,
        byHand(name),
      );
    const end = Date.parse(asText(expirationTimestamp));
    known = { credential, until: Number.isNaN(end) ? Infinity : end - LEEWAY_MS };
    return credential;
  }

  return {
    credential: async () => {
      if (known !== undefined && clock() < known.until) return known.credential;
      running ??= ask().finally(() => {
        running = undefined;
        child = undefined;
      });
      return running;
    },
    end: () => child && endGroup(child, 'SIGKILL'),
  };
}

/**
 * Runs it in a session of its own, so that it cannot talk to the terminal and ends with all that it has started.
 * @returns its standard output
 * @throws {KubeError}
 */
function run(
  settings: ExecSettings,
  limitMs: number,
  onStart: (child: ChildProcess) => void,
): Promise<string> {
  const { command, args, env, apiVersion, cluster } = settings;
  const name = oneLine(command);
  return new Promise((resolve, reject) => {
    const info = {
      kind: 'ExecCredential',
      apiVersion,
      spec: { interactive: false, ...(cluster === undefined ? {} : { cluster }) },
    };
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    });
    onStart(child);
    const ended = (): void => endGroup(child, 'SIGKILL');
    process.once('exit', ended);
    let output = '';
    let words = '';
    let late: NodeJS.Timeout | undefined;
    let problem: KubeError | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > OUTPUT_LIMIT)
        stop(failure(`credential plugin ${name} failed: it writes without end`, byHand(name)));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-WORDS_LIMIT);
    });
    const limit = setTimeout(() => {
      stop(
        failure(
          `credential plugin ${name} did not answer in ${limitMs / 1000} s and was ended`,
          `it may wait for an answer at a prompt: ${byHand(name)}`,
        ),
      );
    }, limitMs);

    /** Asks it to end, makes it end, and does not wait for who holds its output. */
    function stop(error: KubeError): void {
      if (problem !== undefined) return;
      problem = error;
      endGroup(child, 'SIGTERM');
      late = setTimeout(() => {
        endGroup(child, 'SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
      }, GRACE_MS);
    }

    child.once('error', (error) => {
      finish(() => reject(startFailure(error, settings)));
    });
    child.once('exit', () => {
      // What it started may hold its output open for ever.
      late ??= setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, GRACE_MS);
    });
    child.once('close', (code, signal) => {
      finish(() => {
        if (problem === undefined && code === 0) {
          resolve(output);
          return;
        }
        const said = oneLine(words) || (signal ? `ended by ${signal}` : `exit code ${code}`);
        reject(problem ?? failure(`credential plugin ${name} failed: ${said}`, byHand(name)));
      });
    });

    function finish(settle: () => void): void {
      clearTimeout(limit);
      clearTimeout(late);
      process.removeListener('exit', ended);
      // What it left behind goes with it, also when it has answered too late.
      if (problem !== undefined) endGroup(child, 'SIGKILL');
      settle();
    }
  });
}

/** Sends a signal to a program and to all of its group; those that are gone already are no fault. */
function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: there is none left.
  }
}

function startFailure(error: Error, { command, installHint }: ExecSettings): KubeError {
  const name = oneLine(command);
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return failure(
    isMissing
      ? `credential plugin ${name} failed: there is no such program`
      : `credential plugin ${name} failed: ${errorText(error)}`,
    isMissing ? installHint || `install ${name}, then run it by hand` : byHand(name),
  );
}

const byHand = (name: string): string => `run ${name} by hand, and log in again if it asks for it`;

const failure = (message: string, hint: string): KubeError =>
  new KubeError(collectError('exec-plugin', oneLine(message), hint));
