import { daemonAt, ETCD_CLIENT_PORT, PORTS } from '../control-plane/daemon.ts';
import type { Program, ProgramContext } from '../machine.ts';

/**
 * curl(1) inside a zone, as far as it asks what listens on the loopback there: `curl -s -S -k --stderr - URL...`, with
 * `-d`, `-w`, `--cert`, `--key` and `--next`. Exit codes and messages from its manual page and src/tool_operate.c.
 */
export const curl: Program = { name: 'curl', directory: '/usr/bin', run };

/** Options with a value, by their long names. */
const WITH_VALUE: Readonly<Record<string, string>> = {
  '--stderr': '--stderr',
  '-m': '--max-time',
  '--max-time': '--max-time',
  '--connect-timeout': '--connect-timeout',
  '-o': '--output',
  '-w': '--write-out',
  '--write-out': '--write-out',
  '-d': '--data',
  '--data': '--data',
  '-E': '--cert',
  '--cert': '--cert',
  '--key': '--key',
};

/** What stands between two `--next`. */
type Operation = {
  readonly urls: string[];
  readonly values: Map<string, string>;
  showsErrors: boolean;
};
const createOperation = (): Operation => ({ urls: [], values: new Map(), showsErrors: true });

function run(context: ProgramContext): number {
  const operations = [createOperation()];
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] ?? '';
    const operation = operations.at(-1) ?? createOperation();
    const option = WITH_VALUE[arg];
    if (arg === '--next') operations.push(createOperation());
    else if (option !== undefined) {
      index += 1;
      operation.values.set(option, context.args[index] ?? '');
    } else if (arg.startsWith('-')) {
      if (/^-[a-zA-Z]*s/.test(arg)) operation.showsErrors = false;
      if (/^-[a-zA-Z]*S/.test(arg)) operation.showsErrors = true;
    } else operation.urls.push(arg);
  }
  // It is one for the whole program.
  const isMerged = operations.some(({ values }) => values.get('--stderr') === '-');
  let code = 0;
  for (const operation of operations)
    for (const url of operation.urls) {
      const answer = transfer(context, operation, url);
      code = answer.code;
      if (answer.code === 0) context.stdout.write(answer.body);
      else if (operation.showsErrors)
        (isMerged ? context.stdout : context.stderr).write(
          `curl: (${answer.code}) ${answer.body}\n`,
        );
      context.stdout.write(written(operation.values.get('--write-out') ?? '', url, answer.status));
    }
  return code;
}

const written = (format: string, url: string, status: number): string =>
  format
    .replaceAll('\\n', '\n')
    .replaceAll('%{http_code}', String(status).padStart(3, '0'))
    .replaceAll('%{url_effective}', url);

/** An exit code with its message, or 0 with the body. */
type Answer = { readonly code: number; readonly status: number; readonly body: string };

function transfer({ machine }: ProgramContext, operation: Operation, text: string): Answer {
  const url = URL.parse(text);
  const failing = (code: number, body: string): Answer => ({ code, status: 0, body });
  const refused = failing(
    7,
    `Failed to connect to ${url?.hostname ?? text} port ${url?.port ?? ''} after 0 ms: Could not connect to server`,
  );
  if (url === null || (url.hostname !== '127.0.0.1' && url.hostname !== 'localhost'))
    return refused;
  const { world, zoneName, host } = machine;
  const zone = host().zones.get(zoneName);
  const cert = operation.values.get('--cert');
  for (const path of [cert, operation.values.get('--key')])
    if (path !== undefined && machine.readFile(path) === undefined)
      return failing(
        58,
        `could not load PEM client certificate from ${path}, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)`,
      );
  const port = Number(url.port);
  const daemon = daemonAt(port);
  if (!zone || daemon === undefined || !world.daemonRuns(zone.plan.host, zoneName, daemon))
    return refused;
  const answered = ({ code: status, body }: { readonly code: number; readonly body: string }) => ({
    code: 0,
    status,
    body,
  });
  if (port === PORTS.etcd) {
    const etcd = world.etcdOf(zoneName);
    if (url.pathname === '/health') return answered(etcd.health(zoneName));
    return answered(
      url.pathname === '/metrics'
        ? { code: 200, body: etcd.metrics(zoneName) }
        : { code: 404, body: '404 page not found\n' },
    );
  }
  const listener = world.listeners.get(`${zoneName}:${port}`);
  if (!listener) return refused;
  if (port === ETCD_CLIENT_PORT && cert === undefined)
    return failing(
      56,
      'OpenSSL SSL_read: OpenSSL/3.5.4: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0',
    );
  return answered(listener(`${url.pathname}${url.search}`));
}
