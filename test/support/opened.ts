import { onTestFinished } from 'vitest';
import type { Plan } from '../../src/domain/action.ts';
import type { HandOverPlan } from '../../src/domain/hand-over.ts';
import type { TextView } from '../../src/ui/model.ts';
import { openCountingTerminal, shownOf } from './counting-terminal.ts';
import type { CountingTerminal } from './counting-terminal.ts';
import { createLabInventory } from './lab-inventory.ts';
import type { LabInventory, LabScenario } from './lab-inventory.ts';

const labs = new Map<LabScenario, Promise<LabInventory>>();
const ESC = '\u001B';

/** The console on a lab without sockets, with what it caused outside itself. */
export type Opened = CountingTerminal & {
  readonly ran: Plan[][];
  /** The plans that were looked at without running them. */
  readonly dryRuns: Plan[][];
  /** Says how long ago the terminal was late. */
  readonly late: (milliseconds: number) => void;
  /** The reasons that actions were unlocked for. */
  readonly unlockedFor: string[];
  /** What was asked about and not confirmed, and why. */
  readonly cancelled: (readonly [plans: readonly Plan[], reason: string])[];
  readonly quits: () => number;
  readonly themes: string[];
  readonly copied: string[];
  readonly handedOver: HandOverPlan[];
  /** Marks that were put into logs. */
  readonly marked: string[];
  /** The lines of the screen. */
  readonly lines: () => Promise<readonly string[]>;
  /** A click with the left button on the cell where the text begins; `nth` of several, from the top. */
  readonly click: (text: string | RegExp, nth?: number) => Promise<void>;
  readonly clickAt: (x: number, y: number) => Promise<void>;
  /** The wheel over the first place of the text, one notch a call. */
  readonly wheel: (text: string | RegExp, way: 'up' | 'down', modifier?: 'ctrl') => Promise<void>;
  /** Sends a key as a terminal does: `tab`, `shift-tab`, `left`, `right`, `pagedown`, `pageup`, `esc`, or what it types. */
  readonly key: (...names: readonly string[]) => Promise<void>;
};

const KEYS: Readonly<Record<string, string>> = {
  tab: '\t',
  'shift-tab': `${ESC}[Z`,
  right: `${ESC}[C`,
  left: `${ESC}[D`,
  pagedown: `${ESC}[6~`,
  pageup: `${ESC}[5~`,
  esc: ESC,
  enter: '\r',
};

/** Opens the console; it is closed when the test has ended. Each look at the data is `stepMs` later. */
export async function openConsole(
  scenario: LabScenario = 'calm',
  cols = 120,
  rows = 40,
  stepMs = 220,
  text: (now: number) => TextView | null = () => null,
): Promise<Opened> {
  const making = labs.get(scenario) ?? createLabInventory({ scenario });
  labs.set(scenario, making);
  const lab = await making;
  const ran: Plan[][] = [];
  const dryRuns: Plan[][] = [];
  const unlockedFor: string[] = [];
  const cancelled: Opened['cancelled'] = [];
  const themes: string[] = [];
  const copied: string[] = [];
  const handedOver: HandOverPlan[] = [];
  const marked: string[] = [];
  let quits = 0;
  let late = 0;
  let sinceLag = Number.POSITIVE_INFINITY;
  const terminal = await openCountingTerminal({
    cols,
    rows,
    // Each look is a little later, so that a dialog hears keys.
    shown: () => {
      const now = lab.now() + (late += stepMs);
      return { ...shownOf(lab), now, text: text(now) };
    },
    effects: {
      run: (plans) => {
        ran.push([...plans]);
      },
      unlock: (reason) => {
        unlockedFor.push(reason);
      },
      sinceLag: () => sinceLag,
      dryRun: (plans) => {
        dryRuns.push([...plans]);
      },
      cancelled: (plans, reason) => {
        cancelled.push([plans, reason]);
      },
      handOver: (plan) => {
        handedOver.push(plan);
      },
      quit: () => {
        quits += 1;
      },
      theme: (name) => {
        themes.push(name);
      },
      markLog: (mark) => {
        marked.push(mark);
      },
      copy: (text) => {
        copied.push(text);
        return true;
      },
    },
  });
  onTestFinished(terminal.close);
  const lines = async () => (await terminal.screen()).split('\n');
  const find = async (text: string | RegExp, nth = 0): Promise<readonly [number, number]> => {
    const all = (await lines()).flatMap((line, y) => {
      const x = typeof text === 'string' ? line.indexOf(text) : line.search(text);
      return x < 0 ? [] : [[x, y] as const];
    });
    const found = all[nth];
    if (!found) throw new Error(`no ${String(text)} on the screen:\n${(await lines()).join('\n')}`);
    return found;
  };
  const mouse = async (code: number, x: number, y: number, end = 'M') => {
    terminal.type(`${ESC}[<${code};${x + 1};${y + 1}${end}`);
    await terminal.settle();
  };
  const clickAt = async (x: number, y: number) => {
    await mouse(0, x, y);
    await mouse(0, x, y, 'm');
  };
  return {
    ...terminal,
    ran,
    dryRuns,
    unlockedFor,
    late: (milliseconds) => {
      sinceLag = milliseconds;
    },
    cancelled,
    quits: () => quits,
    themes,
    copied,
    handedOver,
    marked,
    lines,
    clickAt,
    click: async (text, nth) => clickAt(...(await find(text, nth))),
    wheel: async (text, way, modifier) =>
      mouse((way === 'up' ? 64 : 65) + (modifier === 'ctrl' ? 16 : 0), ...(await find(text))),
    key: async (...names) => {
      for (const name of names) {
        terminal.type(KEYS[name] ?? name);
        await terminal.settle();
        // A lone ESC is one only after a while, and Ink draws after it.
        if (name === 'esc') await terminal.settle();
      }
    },
  };
}
