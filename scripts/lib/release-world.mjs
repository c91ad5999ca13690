import path from 'node:path';
import { createInterface } from 'node:readline';
import { project } from './packed-extension.mjs';
import { launch, stop, within } from './processes.mjs';

/** The repository is made with the program itself the first time, which takes a while on a busy machine. */
const startLimitMs = 180_000;

/**
 * Makes the world in which releases are tried, in a process of its own: its service, its traffic and its metrics go on
 * while VS Code runs.
 * @returns {Promise<{ held: { root: string, state: string, environment: Record<string, string> }, close: () => Promise<void> }>}
 */
export async function holdReleaseWorld() {
  const child = launch(
    process.execPath,
    [
      path.join(project, 'node_modules', 'tsx', 'dist', 'cli.mjs'),
      '--require',
      './test/setup.cjs',
      'scripts/lib/hold-release-world.ts',
    ],
    { cwd: project, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const said = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void ended.then((code) => reject(new Error(`the world of the releases ended with ${code}`)));
  });
  try {
    const held = JSON.parse(await within(startLimitMs, 'the world of the releases', said));
    return {
      held,
      close: async () => {
        child.stdin.end();
        await within(20_000, 'the end of the world of the releases', ended).catch(() => stop(child));
      },
    };
  } catch (error) {
    await stop(child);
    throw error;
  }
}
