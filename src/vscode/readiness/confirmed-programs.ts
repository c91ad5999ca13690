import { visible } from '../../core/gate/reports/text';
import type { Programs } from '../../core/ports';
import type { Person } from '../person';

const LEAVE_OUT = 'Leave it out: what it would tell stays unknown';

/**
 * Runs a program of the configuration only where the person says so, each time, with the exact command before them: what
 * is filled into it comes from the repository.
 */
export function confirmedPrograms(programs: Programs, person: Person): Programs {
  return {
    run: async (argv, options, signal) => {
      const command = commandText(argv);
      const run = `Run: ${command}`;
      const chosen = await person.choose('The configuration names a program. Run exactly this?', [
        run,
        LEAVE_OUT,
      ]);
      signal?.throwIfAborted();
      if (chosen !== run) return { kind: 'failed', detail: 'was not run: nobody confirmed it' };
      return programs.run(argv, options, signal);
    },
  };
}

/** A command with its arguments told apart, in one line that steers nothing. */
export function commandText(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${visible(word).replaceAll("'", "'\\''")}'`))
    .join(' ');
}
