import { spawn, spawnSync } from 'node:child_process';
import { PROGRAM } from '../world/orders-repository';
import type { ReleaseWorld } from '../world/release-world';

const ROWS = 50;

/** A program in a terminal of its own, 120 columns by 50 rows, between the pipes of its parent. */
const PTY = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ${ROWS}, 120, 0, 0))
inputs = [0, terminal]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(terminal, typed)
        else:
            inputs.remove(0)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;

/** Whether a terminal can be had here: Python's `pty` makes it. */
export function canHaveTerminal(): boolean {
  return process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty, termios']).status === 0;
}

/** The command line as somebody has it before them. */
export interface AtTerminal {
  /** What stands on the screen now, line by line. */
  readonly screen: () => readonly string[];
  /** Everything that was written, without what moves the cursor. */
  readonly text: () => string;
  readonly ended: Promise<number | null>;
  /** Keys; a line ends with `\r`, as Enter does. */
  press(keys: string): void;
}

/** Starts the built command line in a terminal. */
export function atTerminal(world: ReleaseWorld, args: readonly string[]): AtTerminal {
  const child = spawn('python3', ['-c', PTY, process.execPath, PROGRAM, ...args], {
    cwd: world.root,
    env: { ...world.environment, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  child.stdin.on('error', () => undefined);
  return {
    screen: () => screenOf(written),
    text: () => written.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, ''),
    ended: new Promise((resolve) => child.once('close', (status) => resolve(status))),
    press: (keys) => child.stdin.write(keys),
  };
}

/** What a terminal shows of what was written to it: the sequences that the program uses, and no others. */
function screenOf(written: string): readonly string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  // What scrolled out at the top cannot be written over any more.
  const top = (): number => Math.max(0, lines.length - ROWS);
  const put = (character: string): void => {
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  for (const [token] of written.matchAll(/\u001b\[([0-9;?]*)([A-Za-z])|[\s\S]/gu)) {
    const up = /^\u001b\[(\d+)A$/.exec(token);
    if (up) row = Math.max(top(), row - Number(up[1]));
    else if (token === '\u001b[J') {
      lines[row] = (lines[row] ?? '').slice(0, column);
      lines.length = row + 1;
    } else if (token === '\r') column = 0;
    else if (token === '\n') {
      row += 1;
      lines[row] ??= '';
    } else if (!token.startsWith('\u001b')) put(token);
  }
  return lines.map((line) => line.trimEnd());
}
