/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Choice {
  readonly pick: <T>(options: readonly T[]) => T;
  readonly chance: (share: number) => boolean;
  readonly between: (low: number, high: number) => number;
}

const PREPARATIONS = [
  [
    '      - uses: actions/setup-node@v4',
    '        with:',
    '          node-version: 22',
    '          cache: npm',
  ],
  ['      - uses: actions/setup-python@v5', '        with:', "          python-version: '3.12'"],
  ['      - uses: actions/setup-go@v5', '        with:', '          go-version-file: go.mod'],
  ['      - uses: docker/setup-buildx-action@v3'],
];

const TESTS = [
  ['      - run: npm ci', '      - run: npm run lint && npm test'],
  ['      - run: pip install -r requirements.txt', '      - run: python -m pytest -q --maxfail=1'],
  ['      - run: go vet ./...', '      - run: go test -race ./...'],
  [
    '      - name: Tests with services',
    '        run: |',
    '          set -euo pipefail',
    '          docker compose up --detach --wait',
    '          for suite in unit integration; do',
    '            make "test-$suite" || { docker compose logs; exit 1; }',
    '          done',
  ],
];

const BUILDS = [
  [
    '      - run: npm run build',
    '      - uses: actions/upload-artifact@v4',
    '        with: {name: dist, path: dist}',
  ],
  [
    '      - name: Image',
    '        run: |',
    '          docker build --tag "registry.example/${{ github.repository }}:${{ github.sha }}" .',
    '          docker push "registry.example/${{ github.repository }}:${{ github.sha }}"',
  ],
  [
    '      - uses: docker/build-push-action@v6',
    '        with:',
    '          push: true',
    '          tags: registry.example/shop:${{ github.sha }}',
  ],
];

const DEPLOYS = [
  [
    '      - run: kubectl --context "$CONTEXT" apply -f k8s/',
    '      - run: kubectl rollout status deployment/shop',
  ],
  ['      - run: helm upgrade --install shop charts/shop --set "image.tag=$GITHUB_SHA" --wait'],
  [
    '      - name: Deploy',
    '        run: |',
    '          # The old release stays until the new one answers.',
    '          ./scripts/deploy.sh "${{ inputs.target || \'production\' }}"',
    '          if ! curl --fail --retry 5 "https://$HOST/healthz"; then',
    '            ./scripts/rollback.sh',
    '            exit 1',
    '          fi',
  ],
  ['      - run: terraform init -input=false', '      - run: terraform -chdir=infra apply -auto-approve'],
];

/**
 * A workflow as teams write them: a few jobs that test, build and deploy over `needs`, with conditions, environments,
 * scripts and comments. It has between `low` and `high` lines, give or take one job. Made up here, copied from nowhere.
 */
function workflow(name: string, low: number, high: number, choice: Choice): string {
  const target = choice.between(low, high);
  const lines = [
    `name: ${name}`,
    'on:',
    '  push:',
    choice.chance(0.7) ? '    branches: [main]' : "    tags: ['v*']",
    ...(choice.chance(0.5) ? ['  pull_request:'] : []),
    ...(choice.chance(0.3) ? ['  workflow_dispatch:', '    inputs:', '      target: {type: string}'] : []),
    'permissions:',
    '  contents: read',
    ...(choice.chance(0.4) ? ['env:', '  CONTEXT: main', '  HOST: shop.example'] : []),
    'jobs:',
  ];
  const tests: string[] = [];
  let built: string | null = null;
  for (let index = 0; lines.length < target || index < 3; index++) {
    const kind: string =
      index === 0 ? 'test' : built === null ? 'build' : choice.pick(['test', 'deploy', 'deploy', 'build']);
    const id = `${kind}-${index}`;
    lines.push(`  ${id}:`);
    if (choice.chance(0.3))
      lines.push(`    # Changed together with ${choice.pick(['the chart', 'the script', 'the docs'])}.`);
    if (kind === 'deploy') {
      const needs = [built ?? '', ...(choice.chance(0.7) ? tests.slice(-2) : [])].filter(
        (need) => need !== '',
      );
      lines.push(`    needs: [${needs.join(', ')}]`);
      if (choice.chance(0.3)) lines.push("    if: ${{ github.ref == 'refs/heads/main' && !cancelled() }}");
      lines.push(`    environment: ${choice.pick(['production', 'staging', 'prod-eu', 'preview'])}`);
      if (choice.chance(0.5))
        lines.push('    concurrency:', `      group: ${id}`, '      cancel-in-progress: false');
    } else if (kind === 'build') lines.push(`    needs: [${tests.slice(-3).join(', ')}]`);
    lines.push('    runs-on: ubuntu-latest');
    if (choice.chance(0.6)) lines.push(`    timeout-minutes: ${choice.between(5, 45)}`);
    if (kind === 'test' && choice.chance(0.3)) {
      lines.push('    strategy:', '      matrix:', '        os: [ubuntu-latest, ubuntu-22.04]');
    }
    lines.push('    steps:', '      - uses: actions/checkout@v4', ...choice.pick(PREPARATIONS));
    lines.push(...choice.pick(kind === 'test' ? TESTS : kind === 'build' ? BUILDS : DEPLOYS));
    if (kind === 'test') tests.push(id);
    if (kind === 'build') built = id;
  }
  return `${lines.join('\n')}\n`;
}

/** 100 workflows of about 40 to 200 lines and `long.yml` of about 1,000, by path; the same on every run. */
export function generatedWorkflows(): Readonly<Record<string, string>> {
  const random = seededRandom(20_261_121);
  const choice: Choice = {
    pick: <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)] as T,
    chance: (share) => random() < share,
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
  };
  const files: Record<string, string> = {};
  for (let index = 0; index < 100; index++) {
    const name = `service-${String(index).padStart(2, '0')}`;
    files[`.github/workflows/${name}.yml`] = workflow(name, 40, 195, choice);
  }
  files[LONG_PATH] = workflow('long', 995, 995, choice);
  return files;
}

export const LONG_PATH = '.github/workflows/long.yml';
