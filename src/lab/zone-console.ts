import type { Machine } from './machine.ts';
import type { ZoneModel } from './model/host.ts';
import { isGuest } from './plan.ts';
import { KERNEL, RELEASE } from './release.ts';
import { createShell, type Shell } from './shell/shell.ts';
import { createTerminal, type Terminal, type TerminalSize } from './terminal.ts';
import { createZoneSystem } from './zone-system.ts';

export type ConsoleClient = {
  readonly pid: number;
  readonly write: (chunk: string | Uint8Array) => void;
};

/** The console of a zone, which lives on while nobody is connected to it. It keeps nothing of what it has shown. */
export type ZoneConsole = {
  /** The process that is connected; null for none. */
  readonly client: () => ConsoleClient | null;
  readonly attach: (client: ConsoleClient) => void;
  readonly detach: () => void;
  readonly type: (bytes: Buffer) => void;
  /** Looks at the zone: tells the client when it went down or came up, and begins anew with each boot. */
  readonly follow: () => void;
};

/** A serial line has no size; programs take it for the usual one. */
const SIZE: TerminalSize = { cols: 80, rows: 24 };

/** Makes the console of a zone of the host. */
export function createZoneConsole(machine: Machine, zone: ZoneModel): ZoneConsole {
  const { plan } = zone;
  const system = createZoneSystem(machine, plan);
  let client: ConsoleClient | null = null;
  /** The runtime of the zone that the present getty belongs to. */
  let served: object | null = zone.runtime;
  let terminal: Terminal | null = null;
  let shell: Shell | null = null;
  let life = new AbortController();

  const write = (chunk: string | Uint8Array) => client?.write(chunk);

  /** A terminal for one login: its end of file ends that login only. */
  const open = (): Terminal => {
    terminal = createTerminal({
      write,
      interrupt: () => shell?.signal('INT'),
      size: () => SIZE,
    });
    return terminal;
  };
  const login = async (signal: AbortSignal): Promise<void> => {
    const { input, output, setEcho } = open();
    for (;;) {
      output.write(isGuest(plan) ? `\n${plan.name} login: ` : `\n${plan.name} console login: `);
      const user = await input.readLine(signal);
      if (user === null) return;
      if (user.trim() === '') continue;
      setEcho(false);
      output.write('Password: ');
      await input.readLine(signal);
      setEcho(true);
      if (signal.aborted) return;
      break;
    }
    if (!isGuest(plan)) output.write(`OmniOS ${RELEASE}\t${KERNEL}\n`);
    shell = createShell({
      machine: system,
      terminal,
      streams: { stdin: input, stdout: output, stderr: output },
    });
    await shell.runInput(`root@${plan.name}:~# `);
    shell = null;
  };
  const serve = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) await login(signal);
  };
  const start = () => {
    life = new AbortController();
    void serve(life.signal);
  };
  const stop = () => {
    life.abort();
    shell?.signal('HUP');
    shell = null;
    terminal = null;
  };

  if (zone.state === 'running') start();
  return {
    client: () => client,
    attach: (next) => {
      client = next;
    },
    detach: () => {
      client = null;
    },
    type: (bytes) => terminal?.type(bytes),
    follow: () => {
      machine.host();
      if (served !== null && zone.runtime !== served) {
        stop();
        served = null;
        write('\r\n[NOTICE: Zone halted]\r\n');
      }
      if (served === null && zone.runtime !== null && zone.state === 'running') {
        served = zone.runtime;
        write('\r\n[NOTICE: Zone booting up]\r\n');
        if (!isGuest(plan))
          write(`\r\nOmniOS ${RELEASE}  Version ${KERNEL} 64-bit\r\nHostname: ${plan.name}\r\n`);
        start();
      }
    },
  };
}
