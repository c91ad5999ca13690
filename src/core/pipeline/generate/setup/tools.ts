import type { StepSpec } from '../workflow-text';

/**
 * Programs that are neither on the runner image nor among a project's dependencies, and how each is installed. The image's
 * own stable Rust compiles them, since a toolchain that the repository pins may be too old for them.
 */
const TOOLS: readonly {
  readonly calls: RegExp;
  readonly name: string;
  readonly run: string;
}[] = [
  {
    calls: /^cargo \+nightly /,
    name: 'Set up nightly rustfmt',
    run: 'rustup toolchain install nightly --profile minimal --component rustfmt',
  },
  {
    calls: /^cargo nextest /,
    name: 'Install cargo-nextest',
    run: 'cargo +stable install --locked cargo-nextest',
  },
  { calls: /^cargo deny /, name: 'Install cargo-deny', run: 'cargo +stable install --locked cargo-deny' },
  { calls: /^cargo audit\b/, name: 'Install cargo-audit', run: 'cargo +stable install --locked cargo-audit' },
  { calls: /^just /, name: 'Install just', run: 'pipx install rust-just' },
];

/** Steps that install what the commands of a job call, each once. */
export function toolSteps(steps: readonly StepSpec[]): StepSpec[] {
  return TOOLS.filter(({ calls }) =>
    steps.some(({ run }) => run?.split('\n').some((line) => calls.test(line)) ?? false),
  ).map(({ name, run }) => ({ name, run }));
}
