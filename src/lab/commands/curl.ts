import { PORTS } from '../control-plane/daemon.ts';
import type { Program, ProgramContext } from '../machine.ts';

/**
 * curl(1) inside a zone, as far as it asks what listens on the loopback there: `curl -s -S -k --stderr - URL...`.
 * Exit codes and messages from its manual page and src/tool_operate.c.
 */
export const curl: Program = { name: 'curl', directory: '/usr/bin', run };

const COULD_NOT_CONNECT = 7;
/** Options with a value that is read and not needed. */
const WITH_VALUE = new Set(['--stderr', '-m', '--max-time', '--connect-timeout', '-o', '-w']);

function run(context: ProgramContext): number {
  const urls: string[] = [];
  let isMerged = false;
  let showsErrors = true;
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] ?? '';
    if (WITH_VALUE.has(arg)) {
      index += 1;
      if (arg === '--stderr') isMerged = context.args[index] === '-';
    } else if (arg.startsWith('-')) {
      if (/^-[a-zA-Z]*s/.test(arg)) showsErrors = false;
      if (/^-[a-zA-Z]*S/.test(arg)) showsErrors = true;
    } else urls.push(arg);
  }
  let code = 0;
  for (const url of urls) {
    const answer = get(context, url);
    if (answer !== null) {
      context.stdout.write(answer);
      continue;
    }
    code = COULD_NOT_CONNECT;
    const { hostname, port } = new URL(url);
    if (showsErrors)
      (isMerged ? context.stdout : context.stderr).write(
        `curl: (7) Failed to connect to ${hostname} port ${port} after 0 ms: Could not connect to server\n`,
      );
  }
  return code;
}

/** The body of the answer; null when nothing listens there. */
function get({ machine }: ProgramContext, text: string): string | null {
  const url = URL.parse(text);
  if (url === null || (url.hostname !== '127.0.0.1' && url.hostname !== 'localhost')) return null;
  const { world, zoneName, host } = machine;
  const zone = host().zones.get(zoneName);
  if (!zone || !world.daemonRuns(zone.plan.host, zoneName)) return null;
  if (Number(url.port) === PORTS.etcd) {
    const etcd = world.etcdOf(zoneName);
    if (url.pathname === '/health') return etcd.health(zoneName).body;
    return url.pathname === '/metrics' ? etcd.metrics(zoneName) : '404 page not found\n';
  }
  const listener = world.listeners.get(`${zoneName}:${url.port}`);
  return listener?.(`${url.pathname}${url.search}`).body ?? null;
}
