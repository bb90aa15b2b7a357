import { daemonAt, ETCD_CLIENT_PORT, PORTS } from '../control-plane/daemon.ts';
import type { Program, ProgramContext } from '../machine.ts';

/**
 * curl(1) inside a zone, as far as it asks what listens on the loopback there: `curl -s -S -k --stderr - URL...`, with
 * `-d`, `-w`, `-o`, `--cert`, `--key`, `--next`, and `--rate` with a range in the URL. Exit codes and messages from its manual page and src/tool_operate.c.
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
  '--rate': '--rate',
};

/** Seconds for an answer where no option says how many. */
const PATIENCE_SECONDS = 300;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** What stands between two `--next`. */
type Operation = {
  readonly urls: string[];
  readonly values: Map<string, string>;
  showsErrors: boolean;
};
const createOperation = (): Operation => ({ urls: [], values: new Map(), showsErrors: true });

async function run(context: ProgramContext): Promise<number> {
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
  for (const operation of operations) {
    const apartMs = pauseMs(operation.values.get('--rate'));
    const isKept = operation.values.get('--output') !== '/dev/null';
    for (const [index, url] of operation.urls.flatMap(inRange).entries()) {
      if (index > 0 && apartMs > 0) await context.sleep(apartMs);
      if (context.signal.aborted) return code;
      const answer = await transfer(context, operation, url);
      code = answer.code;
      if (answer.code === 0) context.stdout.write(isKept ? answer.body : '');
      else if (operation.showsErrors)
        (isMerged ? context.stdout : context.stderr).write(
          `curl: (${answer.code}) ${answer.body}\n`,
        );
      const format = operation.values.get('--write-out') ?? '';
      const [own, others = ''] = format.split('%{stderr}');
      context.stdout.write(written(own ?? '', url, answer));
      context.stderr.write(written(others, url, answer));
    }
  }
  return code;
}

/** How far two transfers are apart: `720/h`. */
function pauseMs(rate: string | undefined): number {
  const [, count, unit = 'h'] = /^([0-9]+)\/([smhd])$/.exec(rate ?? '') ?? [];
  return count === undefined ? 0 : (1000 * (UNIT_SECONDS[unit] ?? 0)) / Number(count);
}

/** `http://host/path?[1-3]` is three URLs. */
function inRange(url: string): readonly string[] {
  const [whole, first, last] = /\[([0-9]+)-([0-9]+)\]/.exec(url) ?? [];
  return whole === undefined
    ? [url]
    : Array.from({ length: Math.max(0, Number(last) - Number(first) + 1) }, (_, index) =>
        url.replace(whole, String(Number(first) + index)),
      );
}

const written = (format: string, url: string, { status, code }: Answer): string =>
  format
    .replaceAll('%{exitcode}', String(code))
    .replaceAll('\\n', '\n')
    .replaceAll('%{http_code}', String(status).padStart(3, '0'))
    .replaceAll('%{url_effective}', url);

/** An exit code with its message, or 0 with the body. */
type Answer = { readonly code: number; readonly status: number; readonly body: string };

async function transfer(
  { machine, sleep }: ProgramContext,
  operation: Operation,
  text: string,
): Promise<Answer> {
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
  if (daemon === 'etcd' && world.hung.has(zoneName)) {
    const seconds = Number(operation.values.get('--max-time') ?? PATIENCE_SECONDS);
    await sleep(seconds * 1000);
    return failing(
      28,
      `Operation timed out after ${seconds}000 milliseconds with 0 bytes received`,
    );
  }
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
