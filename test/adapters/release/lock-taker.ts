import { createGitHistory } from '../../../src/adapters/git-history';
import { openEnvironmentLock } from '../../../src/adapters/release/environment-lock';

/**
 * A process of the tests that wants an environment. Arguments: root, run, environment, reason to break a lock (or ''). Prints
 * `ready`, takes the lock at the first line of its input, prints how that went, and gives it back at the second.
 */
async function main(): Promise<void> {
  const [root = '', runId = '', environment = '', reason = '', resumed = ''] = process.argv.slice(2);
  console.log('ready');
  const lines: (() => void)[] = [];
  process.stdin.on('data', (chunk: Buffer) => {
    for (let count = chunk.toString('utf8').split('\n').length - 1; count > 0; count--) lines.shift()?.();
  });
  const nextLine = (): Promise<void> => new Promise((resolve) => lines.push(resolve));
  await nextLine();
  const lock = await openEnvironmentLock({
    root,
    history: createGitHistory(root, { isTrusted: true }),
    remote: 'origin',
    environment,
    version: '2.4.0',
    runId,
    by: `Person of ${runId}`,
    breakReason: reason === '' ? null : reason,
    isResumed: resumed !== '',
  });
  const taken = await lock.take(null, new AbortController().signal);
  console.log(JSON.stringify(taken));
  await nextLine();
  console.log(JSON.stringify(await lock.release()));
  process.exit(0);
}

void main();
