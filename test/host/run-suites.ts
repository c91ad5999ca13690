import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** What the runner tells the command outside, one JSON object per line of the results file, as it happens. */
export type TestEvent =
  | { readonly kind: 'suite'; readonly title: string; readonly depth: number }
  | { readonly kind: 'pass'; readonly title: string; readonly depth: number; readonly durationMs: number }
  | { readonly kind: 'pending'; readonly title: string; readonly depth: number }
  | { readonly kind: 'fail'; readonly title: string; readonly depth: number; readonly message: string }
  | {
      readonly kind: 'end';
      readonly passes: number;
      readonly failures: number;
      readonly pending: number;
    };

/**
 * Runs the suites of a folder (`RELEASE_GATE_TEST_SUITES`) in the extension host; VS Code calls this by name. Each event is in the results file
 * (`RELEASE_GATE_TEST_RESULTS`) before the next test starts, so that a host that dies leaves what it had done.
 *
 * @throws when a test fails or there is none, though none was looked for: VS Code then ends with an exit code of its own.
 */
export async function run(): Promise<void> {
  const results = process.env['RELEASE_GATE_TEST_RESULTS'];
  if (results === undefined) throw new Error('RELEASE_GATE_TEST_RESULTS names no file for the results');
  process.setSourceMapsEnabled(true);
  const tell = (event: TestEvent): void => appendFileSync(results, `${JSON.stringify(event)}\n`);

  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, forbidOnly: true, reporter: class {} as never });
  const only = process.env['RELEASE_GATE_TEST_GREP'];
  if (only) mocha.grep(only);

  const folder = path.join(__dirname, process.env['RELEASE_GATE_TEST_SUITES'] ?? 'suite');
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(path.join(folder, file));
  }

  await new Promise<void>((resolve, reject) => {
    const counts = { passes: 0, failures: 0, pending: 0 };
    const depthOf = (titlePath: readonly string[]): number => titlePath.length - 1;
    const runner = mocha.run(() => {
      tell({ kind: 'end', ...counts });
      if (counts.failures > 0) reject(new Error(`${counts.failures} failed`));
      else if (counts.passes + counts.pending === 0 && !only) reject(new Error('no test ran'));
      else resolve();
    });
    runner.on('suite', (suite) => {
      if (!suite.root) tell({ kind: 'suite', title: suite.title, depth: depthOf(suite.titlePath()) });
    });
    runner.on('pass', (test) => {
      counts.passes++;
      const depth = depthOf(test.titlePath());
      tell({ kind: 'pass', title: test.title, depth, durationMs: test.duration ?? 0 });
    });
    runner.on('pending', (test) => {
      counts.pending++;
      tell({ kind: 'pending', title: test.title, depth: depthOf(test.titlePath()) });
    });
    runner.on('fail', (test, error: unknown) => {
      counts.failures++;
      tell({
        kind: 'fail',
        title: test.fullTitle(),
        depth: depthOf(test.titlePath()),
        message: messageOf(error),
      });
    });
  });
}

/** The message with the frames of our own code: those of VS Code and Mocha tell nobody anything. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node:|node_modules|extensionHostProcess/.test(line));
  return [`${error.name}: ${error.message}`, ...frames].join('\n');
}
