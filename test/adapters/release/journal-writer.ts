import { createRunFolder, JournalFailure, openRun } from '../../../src/adapters/release/journal-store';

/**
 * A process of the tests that writes a journal as fast as it can. Arguments: root, id or `new`, how many entries, how long
 * each. Prints the id, then the number of each entry once it is said to be on the disk, then how it failed.
 */
async function main(): Promise<void> {
  const [root = '', id = 'new', count = '1', length = '10'] = process.argv.slice(2);
  const outcome =
    id === 'new'
      ? await createRunFolder(root, 'records', {
          mode: 'release',
          version: '2.4.0',
          environment: 'production',
          at: new Date('2026-11-26T21:40:31Z'),
        })
      : await openRun(root, 'records', id);
  if (!outcome.ok) {
    console.log(`refused ${outcome.detail}`);
    return;
  }
  console.log(outcome.run.id);
  for (let number = 0; number < Number(count); number++) {
    try {
      const line = await outcome.journal.append({
        at: new Date().toISOString(),
        elapsedMs: number,
        entry: { event: 'locked', isHeld: true, detail: 'x'.repeat(Number(length)) },
      });
      console.log(String(line.seq));
    } catch (error) {
      if (!(error instanceof JournalFailure)) throw error;
      console.log(`failed ${error.kind} ${error.last?.seq ?? 0} ${error.isWritten}`);
      return;
    }
  }
  await outcome.journal.close();
}

void main();
