import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { LABTOP, privateHome } from '../support/console-driver.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const required = process.env['CI'] === 'true';
const home = privateHome();
const socket = `labtop-test-${process.pid}`;
const tmux = (...args: readonly string[]): string =>
  execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...home.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', CI: '' },
  });
const screen = (): string => tmux('capture-pane', '-p', '-t', 'lab');
const seen = async (what: (text: string) => boolean): Promise<string> => {
  let text = '';
  await expect
    .poll(
      () => {
        text = screen();
        return what(text);
      },
      { interval: 200 },
    )
    .toBe(true);
  return text;
};
const PANES = [' 1 Hosts', ' 2 Zones', ' 3 VMs', ' 4 VLANs', ' 5 Cluster'];
const isLive = (text: string): boolean => text.includes('3/3 up') && text.includes('● live');

afterAll(() => {
  spawnSync('tmux', ['-L', socket, 'kill-server']);
  home.remove();
});

test('tmux is there where the tests must run with it', () => {
  expect(hasTmux || !required).toBe(true);
});

test(
  'in tmux: the size of the client is followed, detached or not, and q leaves nothing behind',
  { timeout: 180_000 },
  async (context) => {
    if (!hasTmux) context.skip('no tmux on this machine');
    tmux(
      'new-session',
      '-d',
      '-s',
      'lab',
      '-x',
      '120',
      '-y',
      '40',
      `${process.execPath} ${LABTOP} demo; echo "ended with $?"; sleep 600`,
    );
    const wide = await seen((text) => isLive(text) && PANES.every((pane) => text.includes(pane)));
    for (const pane of [' 1 Hosts', ' 2 Zones', ' 3 VMs', ' 4 VLANs', ' 5 Cluster'])
      expect(wide).toContain(pane);
    expect(wide.split('\n').filter((line) => line.length === 120).length).toBeGreaterThan(20);
    tmux('resize-window', '-t', 'lab', '-x', '80', '-y', '24');
    const narrow = await seen(
      (text) =>
        isLive(text) &&
        text.split('\n')[6]?.startsWith('┗') !== true &&
        text.split('\n').every((line) => line.length <= 80) &&
        text.includes('5 Cluster'),
    );
    expect(narrow.split('\n').filter((line) => line.length === 80).length).toBeGreaterThan(10);
    tmux('resize-window', '-t', 'lab', '-x', '200', '-y', '50');
    await seen((text) => isLive(text) && text.split('\n').some((line) => line.length === 200));
    // What was wider than the screen is now must not come back when it ends.
    tmux('resize-window', '-t', 'lab', '-x', '160', '-y', '45');
    await seen((text) => isLive(text) && text.split('\n').every((line) => line.length <= 160));
    await expect
      .poll(() => tmux('display-message', '-p', '-t', 'lab', '#{pane_title}'))
      .toMatch(/^labtop: /);
    tmux('send-keys', '-t', 'lab', 'q');
    await seen((text) => text.includes('once more quits'));
    tmux('send-keys', '-t', 'lab', 'q');
    const after = await seen((text) => text.includes('ended with 0'));
    expect(after).not.toContain('Hosts');
    expect(after.trim()).toBe('ended with 0');
    expect(
      tmux(
        'display-message',
        '-p',
        '-t',
        'lab',
        '#{alternate_on} #{mouse_any_flag} #{cursor_flag}',
      ).trim(),
    ).toBe('0 0 1');
  },
);
