import { existsSync, readFileSync } from 'node:fs';

/**
 * Prints the events that the runner in the extension host writes (see `TestEvent` in test/host/run-suites.ts) as they
 * come, and gives the counts at the end.
 *
 * @param {string} file one JSON object per line; it need not exist yet
 * @param {(line: string) => void} say
 */
export function followResults(file, say) {
  const counts = { passed: 0, failed: 0, pending: 0 };
  const failures = [];
  let hasEnded = false;
  let read = 0;

  const look = () => {
    if (!existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    const lines = text.slice(read, end).split('\n').filter(Boolean);
    read = end;
    for (const line of lines) show(JSON.parse(line));
  };
  const show = (event) => {
    const indent = '  '.repeat(event.depth ?? 0);
    switch (event.kind) {
      case 'suite':
        say(`${indent}${event.title}`);
        break;
      case 'pass':
        counts.passed++;
        say(`${indent}✔ ${event.title}${event.durationMs > 1000 ? ` (${event.durationMs} ms)` : ''}`);
        break;
      case 'pending':
        counts.pending++;
        say(`${indent}- ${event.title}`);
        break;
      case 'fail':
        counts.failed++;
        failures.push(event);
        say(`${indent}${failures.length}) ${event.title}`);
        break;
      case 'end':
        hasEnded = true;
        break;
    }
  };

  const timer = setInterval(look, 100);
  return {
    hasEnded: () => {
      look();
      return hasEnded;
    },
    /** Stops following; what went wrong is printed here. */
    finish() {
      clearInterval(timer);
      look();
      failures.forEach((failure, index) => say(`\n${index + 1}) ${failure.title}\n${failure.message}`));
      return counts;
    },
  };
}
