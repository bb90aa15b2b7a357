import { spawnSync } from 'node:child_process';
import { createTerminal } from '../../src/term/terminal.ts';

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
terminal.enter();
