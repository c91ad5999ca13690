// Makes the world in which releases are tried (test/release/world) for the suites in VS Code, says in one line of JSON where
// it is, and takes it away when its input ends: with whoever started it.
import { makeReleaseWorld } from '../../test/release/world/release-world';

/** What the suites are told: the world's repository is the folder that is open. */
export interface HeldWorld {
  readonly root: string;
  /** Where the platform keeps the state of the service. */
  readonly state: string;
  /** What the runner needs of its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

async function hold(): Promise<void> {
  // Short enough for a test, and long enough for a machine that is busy with a window.
  const world = await makeReleaseWorld({
    intervalMs: 500,
    polls: 20,
    // Only the release itself goes wrong here; how a rollback is believed is tried elsewhere.
    readiness: { conditions: { 'rollback-credible': 'off' } },
  });
  const { PATH = '', RELEASE_GATE_STATE = '', RELEASE_WORLD = '' } = world.environment;
  const held: HeldWorld = {
    root: world.root,
    state: world.state,
    environment: { PATH, RELEASE_GATE_STATE, RELEASE_WORLD },
  };
  process.stdout.write(`${JSON.stringify(held)}\n`);
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('close', resolve));
  await world.close();
}

hold().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
