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
const seen = async (what: (text: string) => boolean, interval = 200): Promise<string> => {
  let text = '';
  await expect
    .poll(
      () => {
        text = screen();
        return what(text);
      },
      { interval },
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

test('in tmux: the size of the client is followed, detached or not, and q leaves nothing behind', async (context) => {
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
  // tmux may show half a frame.
  const linesOf = (text: string, length: number): number =>
    text.split('\n').filter((line) => line.length === length).length;
  await seen(
    (text) => isLive(text) && PANES.every((pane) => text.includes(pane)) && linesOf(text, 120) > 20,
  );
  tmux('resize-window', '-t', 'lab', '-x', '80', '-y', '24');
  await seen(
    (text) =>
      isLive(text) &&
      text.split('\n')[6]?.startsWith('┗') !== true &&
      text.split('\n').every((line) => line.length <= 80) &&
      text.includes('5 Cluster') &&
      linesOf(text, 80) > 10,
  );
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
  // Where this machine is slow, the question may be over before the second key is there, or a key too many be pressed.
  const after = await seen((text) => {
    const isEnded = text.includes('ended with 0');
    if (!isEnded) tmux('send-keys', '-t', 'lab', 'q');
    return isEnded;
  }, 1_000);
  expect(after.replaceAll('q', '').trim()).toBe('ended with 0');
  expect(
    tmux(
      'display-message',
      '-p',
      '-t',
      'lab',
      '#{alternate_on} #{mouse_any_flag} #{cursor_flag}',
    ).trim(),
  ).toBe('0 0 1');
});
