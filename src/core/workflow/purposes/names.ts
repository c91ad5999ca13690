import type { Purpose } from '../understanding';

/** Words of a script's or target's name, by what they say it does. The first line with a word of the name counts. */
const WORDS: readonly (readonly [Purpose, readonly string[]])[] = [
  ['rollback', ['rollback', 'revert', 'undeploy']],
  ['smoke', ['smoke', 'smoketest', 'smoketests']],
  [
    'end-to-end',
    ['e2e', 'cypress', 'playwright', 'acceptance', 'integration', 'puppeteer', 'selenium', 'itest'],
  ],
  [
    'lint',
    [
      'lint',
      'linter',
      'format',
      'fmt',
      'prettier',
      'eslint',
      'stylelint',
      'typecheck',
      'types',
      'tsc',
      'style',
      'checkstyle',
      'clippy',
      'mypy',
      'vet',
    ],
  ],
  ['scan', ['audit', 'security', 'scan', 'sast', 'trivy', 'semgrep', 'snyk', 'vulncheck']],
  [
    'unit',
    ['test', 'tests', 'spec', 'specs', 'unit', 'coverage', 'jest', 'vitest', 'pytest', 'phpunit', 'check'],
  ],
  ['verify', ['verify', 'healthcheck', 'health', 'validate']],
  ['deploy', ['deploy', 'deployment', 'promote', 'rollout']],
  ['publish', ['publish', 'release']],
  ['package', ['package', 'pack', 'docker', 'image', 'dockerize']],
  ['build', ['build', 'compile', 'bundle', 'dist', 'assemble']],
];

/** Names of pages and previews: what they deploy is not what production's users get (Definition 1). */
const NOT_PRODUCTION = [
  'docs',
  'doc',
  'documentation',
  'storybook',
  'pages',
  'preview',
  'dry',
  'dryrun',
  'plan',
];

/** `deploy:prod`, `e2eTests` and `smoke-test` as lower-case words. */
export function nameWords(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** What the name of a script says it does; null where it says nothing. Moderate evidence at most. */
export function purposeOfName(name: string): Purpose | null {
  const words = nameWords(name);
  if (words[0] === 'build' && !words.includes('deploy')) {
    return words.some((word) => ['image', 'docker', 'container'].includes(word)) ? 'package' : 'build';
  }
  const found = WORDS.find(([, known]) => words.some((word) => known.includes(word)))?.[0] ?? null;
  if (found === 'verify' && words.includes('deploy') && words[0] === 'deploy') return 'deploy';
  if (found === 'deploy' && words.some((word) => NOT_PRODUCTION.includes(word))) return null;
  return found;
}
