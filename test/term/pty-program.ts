import { spawnSync } from 'node:child_process';
import { createTerminal } from '../../src/term/terminal.ts';
import { keepTtyModes } from '../../src/term/tty-modes.ts';

/** A small full-screen program for the test with a real pseudo terminal. */
const terminal = createTerminal({
  stdin: process.stdin,
  stdout: process.stdout,
  env: process.env,
  mouse: true,
  onGone: () => process.exit(3),
});
let last = 'none';
terminal.setPainter((buffer) => {
  const { cols, rows } = terminal.size();
  buffer.clear();
  buffer.put(0, 0, `size ${cols}x${rows} key ${last}`, terminal.styles.id({ fg: '#ff0000' }));
  buffer.put(0, rows - 1, '─'.repeat(cols), 0);
});
terminal.onResize(() => terminal.invalidate(true));
terminal.onInput((event) => {
  last = event.type === 'key' ? event.key : event.type;
  terminal.invalidate(true);
  if (last === 'q') {
    terminal.leave();
    process.stdout.write('goodbye\r\n', () => process.exit(0));
  }
  if (last === 'x') throw new Error('crashed on purpose');
  if (last === 's')
    void terminal.suspend(() => {
      spawnSync('sh', ['-c', 'stty -a; echo; echo child here; read answer'], { stdio: 'inherit' });
    });
});
/** Leaves behind what it can, and is killed. */
const WRECK = String.raw`stty raw -echo
printf '\033[?1049h\033[3;5r\033[?6h\033[4h\033[?1h\033=\033[?1003h\033[?1006h\033[?2004h\033[?25l\033[?7l\033[1;35;41m\033(0wreck'
kill -KILL $$`;
terminal.onInput((event) => {
  if (event.type === 'key' && event.key === 'w')
    void terminal.suspend(() => {
      const restore = keepTtyModes();
      spawnSync('sh', ['-c', WRECK], { stdio: 'inherit' });
      restore();
    });
});
terminal.enter();
