import type { Argv } from '../../domain/command.ts';

const STATUS = 'etcdctl status';
const MEMBERS = 'etcdctl members';
/** Where it lies beside the system's own folders. */
const PATH = 'PATH=$PATH:/opt/local/bin:/opt/ooce/bin:/usr/local/bin';

/**
 * What the shell of a zone runs where a member has no JSON gateway: etcdctl(1), twice, with its own certificate. As of
 * the gateway alarms are in the status. The zone is that of the member, so that its certificate need not be for the
 * loopback.
 */
export function askCtl(client: string, identity: readonly string[]): Argv {
  const ctl = [
    'etcdctl',
    '--endpoints',
    client,
    '--dial-timeout=2s',
    '--command-timeout=2s',
    ...(client.startsWith('https:') ? ['--insecure-skip-tls-verify', ...identity] : []),
    '-w',
    'json',
  ];
  return [
    ';',
    PATH,
    ';',
    'echo',
    ';',
    'echo',
    STATUS,
    ';',
    ...ctl,
    'endpoint',
    'status',
    '2>&1',
    ';',
    'echo',
    MEMBERS,
    ';',
    ...ctl,
    'member',
    'list',
    '2>&1',
    ';',
    'true',
  ];
}

/** Takes the answers of etcdctl out of what was printed, in the words of the gateway; null when it was not asked. */
export function splitCtlAnswer(lines: readonly string[]): {
  readonly rest: readonly string[];
  readonly status: string;
  readonly members: string;
} | null {
  const at = lines.findIndex((line) => line.trim() === STATUS);
  if (at === -1) return null;
  const then = lines.findIndex((line, index) => index > at && line.trim() === MEMBERS);
  const end = then === -1 ? lines.length : then;
  return {
    rest: lines.slice(0, at),
    status: statusOf(answerIn(lines.slice(at + 1, end))),
    members: answerIn(lines.slice(end + 1)),
  };
}

/** The line of JSON, or what was said in its place; warnings of etcdctl are JSON too. */
const answerIn = (lines: readonly string[]): string =>
  withTexts(
    lines.findLast((line) => /^(?:\[\{"Endpoint"|\{"header")/.test(line)) ??
      lines.findLast((line) => /^Error:|not found/.test(line)) ??
      lines.findLast((line) => line.trim() !== '') ??
      '',
  );

/** 64 bits stand there as numbers, which JSON.parse would round. */
const withTexts = (json: string): string =>
  json.replaceAll(/"([A-Za-z_]+)":([0-9]+)(?=[,}])/g, '"$1":"$2"');

/** `[{"Endpoint":URL,"Status":{…}}]`: that in it is what the gateway answers. */
const statusOf = (answer: string): string =>
  /^\[\{"Endpoint":"[^"]*","Status":(\{.*\})\}\]\s*$/.exec(answer)?.[1] ?? answer;
