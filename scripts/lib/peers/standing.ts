/** What teams run themselves, by a file that says it can be run. */
const COMMANDS: readonly (readonly [file: RegExp, commands: readonly string[]])[] = [
  [/^pnpm-lock\.yaml$/, ['pnpm install --frozen-lockfile', 'pnpm test', 'pnpm run build']],
  [/^yarn\.lock$/, ['yarn install --immutable', 'yarn test', 'yarn build']],
  [/^bun\.lockb?$/, ['bun install --frozen-lockfile', 'bun test', 'bun run build']],
  [/^package-lock\.json$/, ['npm ci', 'npm test', 'npm run build']],
  [/^uv\.lock$/, ['uv sync --locked', 'uv run pytest', 'uv build']],
  [/^poetry\.lock$/, ['poetry install', 'poetry run pytest', 'poetry build']],
  [/^requirements(-dev)?\.txt$/, ['pip install -r requirements-dev.txt', 'pytest', 'python -m build']],
  [/^go\.mod$/, ['go vet ./...', 'go test ./...', 'go build ./...']],
  [/^pom\.xml$/, ['./mvnw --batch-mode test', './mvnw --batch-mode package -DskipTests']],
  [/^build\.gradle(\.kts)?$/, ['./gradlew test', './gradlew assemble']],
  [/^Cargo\.toml$/, ['cargo clippy --all-targets', 'cargo test', 'cargo build --release']],
  [/\.sln$/, ['dotnet restore', 'dotnet test', 'dotnet publish --configuration Release']],
  [/^Gemfile$/, ['bundle install', 'bundle exec rake test', 'bundle exec rake build']],
  [/^composer\.json$/, ['composer install', 'vendor/bin/phpunit']],
  [/^main\.tf$/, ['terraform fmt -check -recursive', 'terraform validate']],
];

const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';

/** A workflow of a team's own for these files, with what it stands for. */
export interface StandingWorkflow {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Workflows as teams have them before anything is generated: one that checks, in layouts that differ; one that checks and
 * builds with a job each; one that deploys and checks nothing; and one that checks before it deploys. None where the files name no
 * language.
 */
export function standingWorkflows(files: Readonly<Record<string, string>>): readonly StandingWorkflow[] {
  const paths = Object.keys(files);
  const commands = COMMANDS.find(([file]) => paths.some((path) => file.test(path)))?.[1];
  if (!commands) return [];
  const [install = '', check = '', ...rest] = commands;
  const events = 'on:\n  push:\n    branches: [main]\n  pull_request:\n';
  const pushes = 'on:\n  push:\n    branches: [main]\n';
  const reads = 'permissions:\n  contents: read\n';
  const ci = '.github/workflows/ci.yml';
  const deploy = '.github/workflows/deploy.yml';
  return [
    {
      name: 'checks',
      path: ci,
      text: `# Ours.\nname: CI\n${events}${reads}jobs:\n${job('test', [install, check])}`,
    },
    {
      // Of a workflow without `permissions`, zizmor speaks apart from its jobs only where there are several.
      name: 'checks-loosely',
      path: ci,
      text: `on: [pull_request]\nconcurrency:\n  group: ci-\${{ github.ref }}\n  cancel-in-progress: true\ndefaults:\n  run:\n    shell: bash\njobs:\n${job('checks', [install, check])}\n${job('tidy', ['git diff --exit-code'])}`,
    },
    {
      name: 'checks-in-windows-lines',
      path: ci,
      text: `name: CI\n${events}${reads}jobs:\n${job('test', [install, check])}`.replaceAll('\n', '\r\n'),
    },
    {
      name: 'builds',
      path: ci,
      text: `name: CI\n${events}${reads}jobs:\n${job('test', [install, check])}\n${job('build', [install, ...rest], 'test')}`,
    },
    {
      name: 'deploys',
      path: deploy,
      text: `name: Ship\n${pushes}${reads}jobs:\n${job('ship', ['kubectl apply -f k8s/'], null, 'production')}`,
    },
    {
      name: 'checks-and-deploys',
      path: deploy,
      text: `name: Ship\n${pushes}${reads}jobs:\n${job('test', [install, check])}\n${job('ship', ['kubectl apply -f k8s/'], 'test', 'production')}`,
    },
  ];
}

function job(
  id: string,
  commands: readonly string[],
  needs: string | null = null,
  environment: string | null = null,
): string {
  return [
    `  ${id}:`,
    '    runs-on: ubuntu-24.04',
    '    timeout-minutes: 15',
    ...(needs === null ? [] : [`    needs: ${needs}`]),
    ...(environment === null ? [] : [`    environment: ${environment}`, `    concurrency: ${environment}`]),
    '    steps:',
    `      - uses: ${CHECKOUT}`,
    '        with:',
    '          persist-credentials: false',
    ...commands.filter((command) => command !== '').map((command) => `      - run: ${command}`),
    '',
  ].join('\n');
}
