import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Visible elements of the workbench's page. */
export interface Place {
  /** CSS. */
  readonly selector: string;
  /** A text that the element holds. */
  readonly text?: string;
  /** Whether it is inside a webview, not in the workbench itself. */
  readonly inWebview?: boolean;
  /** Which of several: 0 is the first (taken if not told), -1 the last. */
  readonly which?: number;
}

/** The workbench as a person sees it: looked at and driven from a suite in the extension host. */
export interface Workbench {
  /** The text of each visible match, now; none is an empty list. */
  texts(place: Place): Promise<readonly string[]>;
  /** Waits for a visible match (20 seconds if not told) and gives its text; rejects when none comes. */
  waitFor(place: Place, timeoutMs?: number): Promise<string>;
  /** Waits until nothing visible matches. */
  waitForNone(place: Place, timeoutMs?: number): Promise<void>;
  /** The value of an attribute, waited for. */
  attribute(place: Place, name: string, timeoutMs?: number): Promise<string>;
  /** Clicks a visible match, waited for. */
  click(place: Place, timeoutMs?: number): Promise<void>;
  /** Presses keys one after the other, as Playwright names them: `Control+Shift+P`, `Enter`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Types a text where the focus is. */
  type(text: string): Promise<void>;
  /** Runs a command of the palette by its title, with keys only. */
  runCommand(title: string): Promise<void>;
  /** Takes a picture of the window; the path of its file. */
  screenshot(name: string): Promise<string>;
}

/** The places that the suites share. Class names of VS Code's workbench, seen in 1.139. */
export const places = {
  /** The last answer in the chat view. */
  lastChatAnswer: { selector: '.interactive-item-container.interactive-response', which: -1 },
  /** What stands in the notification list and in toasts. */
  notification: { selector: '.notification-list-item-message' },
  statusBarItem: { selector: '.statusbar-item' },
} as const satisfies Readonly<Record<string, Place>>;

/**
 * A test that needs the page. In a desktop VS Code, where no suite can see the window, it is pending and its title
 * says why; everywhere else it runs.
 */
export function itInPage(title: string, body: (workbench: Workbench) => Promise<void>): void {
  const address = process.env['RELEASE_GATE_PAGE'];
  if (address === undefined) {
    it(`${title} (not run: a desktop VS Code has no page to drive)`);
    return;
  }
  it(title, async () => {
    const workbench = await connect(address);
    try {
      await body(workbench);
    } finally {
      workbench.close();
    }
  });
}

/** The other end is `scripts/lib/page-channel.mjs`. */
async function connect(address: string): Promise<Workbench & { readonly close: () => void }> {
  const [host = '', port = '', key = ''] = address.split(':');
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = createConnection({ host, port: Number(port) }, () => resolve(opening));
    opening.once('error', reject);
  });

  const waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  const endAll = (): void => {
    for (const { reject } of waiting.values()) reject(new Error('the page is gone'));
    waiting.clear();
  };
  socket.on('close', endAll);
  socket.on('error', endAll);
  createInterface({ input: socket }).on('line', (line) => {
    const answer = JSON.parse(line) as { id: number; ok: boolean; value?: unknown; message?: string };
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) asked?.resolve(answer.value);
    else asked?.reject(new Error(answer.message));
  });

  let lastId = 0;
  const ask = <T>(action: keyof Workbench, ...args: readonly unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++lastId;
      // JSON has no undefined: an optional argument that was not told would arrive as null.
      const told = args.filter((each) => each !== undefined);
      waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      socket.write(`${JSON.stringify({ id, key, action, args: told })}\n`);
    });

  return {
    texts: (place) => ask('texts', place),
    waitFor: (place, timeoutMs) => ask('waitFor', place, timeoutMs),
    waitForNone: (place, timeoutMs) => ask('waitForNone', place, timeoutMs),
    attribute: (place, name, timeoutMs) => ask('attribute', place, name, timeoutMs),
    click: (place, timeoutMs) => ask('click', place, timeoutMs),
    press: (...keys) => ask('press', ...keys),
    type: (text) => ask('type', text),
    runCommand: (title) => ask('runCommand', title),
    screenshot: (name) => ask('screenshot', name),
    close: () => socket.destroy(),
  };
}
