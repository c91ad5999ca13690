import type { TestService } from '../../../evidence/profile';
import type { Unit } from '../plan';
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
  {
    calls: /^cargo llvm-cov\b/,
    name: 'Install cargo-llvm-cov',
    run: 'rustup component add llvm-tools\ncargo +stable install --locked cargo-llvm-cov',
  },
  {
    calls: /^cargo llvm-cov nextest\b/,
    name: 'Install cargo-nextest',
    run: 'cargo +stable install --locked cargo-nextest',
  },
  {
    calls: /^cargo tarpaulin\b/,
    name: 'Install cargo-tarpaulin',
    run: 'cargo +stable install --locked cargo-tarpaulin',
  },
  { calls: /^just /, name: 'Install just', run: 'pipx install rust-just' },
];

/**
 * Servers that the runner image carries and does not start, with the address that Rails takes before its own settings.
 * The password is that of a server which lives as long as the job and which nothing outside it reaches.
 */
const SERVICES: Readonly<Record<TestService, StepSpec>> = {
  postgresql: {
    name: 'Start PostgreSQL',
    run: [
      'sudo systemctl start postgresql.service',
      `sudo --user=postgres psql --command="ALTER USER postgres PASSWORD 'postgres'"`,
      'echo "DATABASE_URL=postgres://postgres:postgres@localhost:5432" >> "$GITHUB_ENV"',
    ].join('\n'),
  },
  mysql2: startMysql('mysql2'),
  trilogy: startMysql('trilogy'),
};

function startMysql(scheme: string): StepSpec {
  return {
    name: 'Start MySQL',
    run: [
      'sudo systemctl start mysql.service',
      `echo "DATABASE_URL=${scheme}://root:root@127.0.0.1:3306" >> "$GITHUB_ENV"`,
    ].join('\n'),
  };
}

/** Steps that start and install what the commands of a job need, each once. */
export function toolSteps(unit: Unit, steps: readonly StepSpec[]): StepSpec[] {
  const calls = (pattern: RegExp): boolean =>
    steps.some(({ run }) => run?.split('\n').some((line) => pattern.test(line)) ?? false);
  const services = new Set(
    calls(/\bdb:test:prepare\b/)
      ? unit.stacks.flatMap((stack) => (stack.services ?? []).map((service) => service.value))
      : [],
  );
  return [
    ...[...services].map((service) => SERVICES[service]),
    ...TOOLS.filter((tool) => calls(tool.calls)).map(({ name, run }) => ({ name, run })),
  ];
}
