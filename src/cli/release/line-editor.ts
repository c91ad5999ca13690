import { emitKeypressEvents, type Key } from 'node:readline';

/**
 * One line that a person types while the screen above it changes: readline's own prompt would be overwritten at each
 * change. Null where standard input or error is no terminal.
 */
export interface LineEditor {
  /** What is typed so far. */
  readonly typed: string;
  close(): void;
}

/**
 * @param onLine What was typed, when Enter is pressed.
 * @param onChange Something was typed: the line is to be drawn again.
 * @param onLeave Ctrl+C or Ctrl+D on an empty line.
 */
export function openLineEditor(
  onLine: (line: string) => void,
  onChange: () => void,
  onLeave: () => void,
): LineEditor | null {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return null;
  let typed = '';
  const onKey = (text: string | undefined, key: Key): void => {
    if (key.ctrl && (key.name === 'c' || (key.name === 'd' && typed === ''))) return onLeave();
    if (key.name === 'return' || key.name === 'enter') {
      const line = typed;
      typed = '';
      return onLine(line);
    }
    if (key.name === 'backspace') typed = [...typed].slice(0, -1).join('');
    else if (key.ctrl && key.name === 'u') typed = '';
    else if (text !== undefined && !key.ctrl && !key.meta) {
      typed += [...text].filter((character) => character >= ' ' && character !== '\u007f').join('');
    }
    onChange();
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', onKey);
  stdin.resume();
  return {
    get typed() {
      return typed;
    },
    close() {
      stdin.off('keypress', onKey);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
