import { unwrapCommand } from '../../shell/wrappers';
import type { Confidence } from '../../evidence/fact';
import type { KnownPurposes, Purpose } from '../understanding';
import { purposeOfName } from './names';

/** A command line by its words: the program, then its subcommands, options between them skipped. `|` parts choices. */
interface CommandRow {
  readonly command: string;
  readonly purposes: readonly Purpose[];
  /** `strong` where nothing is said. */
  readonly confidence?: Confidence;
  /** Must match the words joined by blanks. */
  readonly when?: RegExp;
  /** Must not match them. */
  readonly unless?: RegExp;
}

function rows(
  purpose: Purpose | readonly Purpose[],
  commands: readonly string[],
  more: Omit<CommandRow, 'command' | 'purposes'> = {},
): CommandRow[] {
  const purposes = typeof purpose === 'string' ? [purpose] : purpose;
  return commands.map((command) => ({ command, purposes, ...more }));
}

const moderate = { confidence: 'moderate' } as const;

/** A host to go to: `user@host` or `host:path`; `$HOST:/srv` too. */
const REMOTE = /[\w.}-]+@[\w.${]+|(^|\s)[\w.${}-]+:[/~$\w.]/;
const HEALTH = /health|ready|livez|\bping\b|\bstatus\b|\bversion\b|smoke/i;
/** curl leaves with a failure for a bad answer, or the script asks for the status. */
const CURL_FAILS = /(^|\s)(--fail\S*|-[a-zA-Z]*f[a-zA-Z]*)(?=\s|$)|%\{(http_code|response_code)\}/;
/** A request that brings something, for an answer of its own: what it says may well be of a status. */
const SENDS =
  /\s(-X|--request)[= ]?(POST|PUT|PATCH|DELETE)\b|\s(-d|--data\S*|-F|--form|-T|--upload-file|--json)\s/;
/** Addresses of chats and pagers, and a webhook that is given a text to show. */
const TELLS =
  /hooks\.slack\.com|slack\.com\/api\/chat|(slack|discord|teams|mattermost|chat|alert|notif\w*)[_-]?(web)?hook|discord(app)?\.com\/api\/webhooks|webhook\.office|api\.telegram\.org|events\.pagerduty\.com|api(\.eu)?\.opsgenie\.com|ntfy\.sh|chat\.googleapis\.com|(?=.*webhook).*\b(text|content|embeds|attachments|blocks)["']?\s*:/i;
const DEPLOY_HOOK = /deploy[_-]?hook|api\.render\.com\/deploy|build_hooks\/|\/deploy\b/i;

/**
 * Command lines by what they do. To teach one more, add it to the line of its purpose; the most specific row (most
 * words, then a condition) counts. A command that only shows what it would do belongs in no row.
 */
export const commandRows: readonly CommandRow[] = [
  // Deployments: Kubernetes
  ...rows('deploy', ['kubectl|oc apply|replace|patch|scale', 'kubectl|oc set image|env|resources']),
  ...rows('deploy', ['kubectl|oc rollout restart', 'oc new-app', 'oc start-build', 'kubectl|oc create -f'], {
    unless: /\s(namespace|secret|ns|configmap)\s/,
  }),
  ...rows('deploy', ['helm upgrade|install', 'helmfile apply|sync', 'argocd app sync', 'kapp deploy']),
  ...rows('deploy', ['werf converge', 'skaffold run|deploy', 'flux reconcile', 'nomad run', 'nomad job run']),
  ...rows('deploy', ['docker stack deploy', 'docker service update', 'kamal deploy|redeploy|setup']),
  // Deployments: infrastructure
  ...rows('deploy', ['terraform|tofu|terragrunt apply|destroy', 'terragrunt run-all apply|destroy']),
  ...rows('deploy', ['pulumi up|update|destroy', 'cdk deploy|destroy', 'cdktf deploy', 'ansible-playbook']),
  // Deployments: clouds
  ...rows('deploy', ['sam deploy', 'serverless|sls deploy', 'copilot deploy', 'copilot svc|job deploy']),
  ...rows('deploy', [
    'eb deploy',
    'chalice deploy',
    'zappa deploy|update',
    'aws ecs update-service|run-task',
  ]),
  ...rows('deploy', ['aws lambda update-function-code|update-alias', 'aws deploy create-deployment']),
  ...rows('deploy', ['aws cloudformation deploy|create-stack|update-stack|execute-change-set']),
  ...rows('deploy', [
    'aws elasticbeanstalk update-environment',
    'aws apprunner start-deployment|update-service',
  ]),
  ...rows('deploy', ['aws amplify start-job|start-deployment']),
  ...rows('deploy', ['aws s3 sync|cp'], {
    ...moderate,
    when: /s3:\/\/\S*(www|web|site|prod|app)|\s--delete\b/i,
  }),
  // What is synchronised into a bucket may be a site, or wait there for something else: the job's environment decides.
  ...rows('deploy', ['aws s3 sync', 'gsutil rsync', 'gcloud storage rsync', 'az storage blob upload-batch'], {
    confidence: 'weak',
    unless: /\s(s3|gs):\/\/\S+\s+(?!(s3|gs):)[^-\s]/,
  }),
  ...rows('deploy', ['gcloud run|app|functions deploy', 'gcloud beta|alpha run|app|functions deploy']),
  ...rows('deploy', [
    'gcloud run services update|replace|update-traffic',
    'gcloud run jobs deploy|update|execute',
  ]),
  ...rows('deploy', ['gcloud deploy releases create|promote', 'az webapp deploy|up|restart']),
  ...rows('deploy', ['az webapp|functionapp deployment source config-zip', 'az webapp config container set']),
  ...rows('deploy', ['az webapp|functionapp deployment slot swap', 'az functionapp deploy']),
  ...rows('deploy', ['az containerapp up|update|create', 'az deployment group|sub create']),
  ...rows('deploy', ['func azure functionapp publish', 'azd deploy|up|provision', 'swa deploy']),
  // Deployments: platforms
  ...rows('deploy', ['flyctl|fly deploy', 'heroku container:release', 'railway up', 'cf push']),
  ...rows('deploy', [
    'doctl apps update|create-deployment',
    'ibmcloud cf push',
    'ibmcloud ce app update|create',
  ]),
  ...rows('deploy', ['wrangler deploy|publish', 'wrangler pages deploy|publish', 'firebase deploy']),
  ...rows('deploy', ['vercel|now deploy', 'vercel|now', 'netlify deploy'], { when: /--prod(uction)?\b/ }),
  ...rows('deploy', ['vercel|now deploy', 'netlify deploy'], moderate),
  ...rows('deploy', ['vercel promote', 'vercel alias set']),
  ...rows('deploy', ['dep deploy', 'mup deploy', 'amplify publish|push']),
  ...rows('deploy', [
    'octo|octopus deploy-release',
    'octopus release deploy',
    'convox deploy',
    'porter apply',
  ]),
  // The stage stands before the task: `cap production deploy`.
  ...rows('deploy', ['cap'], { when: /\sdeploy\b(?!:(check|rollback|starting))/ }),
  ...rows('deploy', ['git push'], { when: /heroku|dokku|clever|scalingo/i }),
  ...rows('deploy', ['ssh|scp|rsync|sftp|lftp'], {
    ...moderate,
    when: REMOTE,
    unless: /git@|-T\s|ssh-keyscan|\bexit\b\s*$/,
  }),
  // The clouds' own ways to run a script on a host.
  ...rows('deploy', ['aws ssm send-command', 'az vm|vmss run-command', 'gcloud compute ssh'], {
    ...moderate,
    when: /\b(docker|podman|compose|git pull|systemctl|pm2|deploy|kubectl|helm)\b/,
    unless: /\bdocker (ps|logs|inspect|version)\b|systemctl status\b/,
  }),
  ...rows('deploy', ['docker compose up', 'docker-compose up'], {
    ...moderate,
    when: /--host|-H\s|prod/,
  }),
  ...rows('deploy', ['curl|wget'], { ...moderate, when: DEPLOY_HOOK }),
  // Migrations change what production's users get, yet test jobs run them too: weak until the job names an environment.
  ...rows(
    'deploy',
    [
      'prisma migrate deploy',
      'alembic upgrade',
      'flyway migrate',
      'liquibase update',
      'knex migrate:latest',
      'sequelize db:migrate',
      'sequelize-cli db:migrate',
      'typeorm migration:run',
      'rails|rake db:migrate',
      'goose up',
      'dbmate up|migrate',
      'atlas migrate apply',
      'python|python3 manage.py migrate',
      'sqitch deploy',
    ],
    { confidence: 'weak' },
  ),
  // Going back
  ...rows('rollback', ['kubectl|oc rollout undo', 'helm rollback', 'argocd app rollback', 'heroku rollback']),
  ...rows('rollback', ['heroku releases:rollback', 'vercel rollback', 'wrangler rollback', 'kamal rollback']),
  ...rows('rollback', ['cap'], { when: /\sdeploy:rollback\b/ }),
  ...rows('rollback', ['dep rollback', 'aws deploy stop-deployment', 'netlify rollback']),
  // Looking whether it runs
  ...rows('verify', ['kubectl|oc rollout status', 'kubectl|oc wait', 'helm test', 'argocd app wait']),
  ...rows('verify', [
    'aws ecs wait services-stable',
    'aws deploy wait deployment-successful',
    'flyctl|fly checks',
  ]),
  ...rows('verify', ['vercel inspect'], { when: /\s--wait\b/ }),
  // It fails where anything is left to change; a plan that is saved is one to be applied.
  ...rows('verify', ['terraform|tofu|terragrunt plan'], {
    when: /\s-{1,2}detailed-exitcode\b(?!=false)/,
    unless: /\s-{1,2}(out|destroy)\b/,
  }),
  ...rows('verify', ['curl'], {
    when: new RegExp(`(?=.*(${CURL_FAILS.source}))(?=.*(${HEALTH.source}))`, 'i'),
    unless: TELLS,
  }),
  ...rows('verify', ['curl'], {
    ...moderate,
    when: new RegExp(
      `(?=.*(${CURL_FAILS.source})).*(\\$\\{?\\w*(URL|HOST|ENDPOINT|DOMAIN)|outputs\\.\\w*url)`,
      'i',
    ),
    unless: new RegExp(
      `\\s(-[a-zA-Z]*[oO]|--output|--remote-name|-X|-d|--data\\S*)\\s(?!\\/dev\\/null)|${TELLS.source}`,
    ),
  }),
  ...rows('verify', ['curl', 'wget'], {
    confidence: 'weak',
    when: HEALTH,
    unless: new RegExp(`${SENDS.source}|${TELLS.source}`, 'i'),
  }),
  ...rows('verify', ['wget'], { ...moderate, when: /(?=.*(--spider|-q)).*health/i }),
  ...rows('verify', ['k6 run', 'artillery run', 'newman run', 'hurl', 'checkly test|trigger'], moderate),
  // Tests
  ...rows('unit', [
    'npm|pnpm|yarn|bun test',
    'npm|pnpm|yarn t',
    'jest',
    'vitest',
    'mocha',
    'ava',
    'tap',
    'karma start',
  ]),
  ...rows('unit', ['pytest', 'unittest', 'tox', 'nox', 'nose2', 'behave', 'coverage run', 'hatch test']),
  ...rows('unit', [
    'go test',
    'gotestsum',
    'ginkgo',
    'cargo test',
    'cargo nextest run',
    'dotnet test',
    'mix test',
  ]),
  ...rows('unit', [
    'rspec',
    'rails test',
    'rake test|spec',
    'phpunit',
    'pest',
    'artisan test',
    'composer test',
  ]),
  ...rows('unit', [
    'php artisan test',
    'swift test',
    'xcodebuild test',
    'flutter|dart test',
    'deno test',
    'ctest',
  ]),
  ...rows('unit', [
    'crystal spec',
    'lein test',
    'sbt test',
    'stack test',
    'cabal test',
    'rebar3 eunit|ct',
    'dub test',
  ]),
  ...rows('unit', [
    'bazel test',
    'python manage.py test',
    'python3 manage.py test',
    'node --test',
    'bats',
    'zig build test',
  ]),
  ...rows('unit', ['rebar3 do'], { when: /\b(eunit|ct|proper)\b/ }),
  ...rows('unit', ['xcodebuild test-without-building']),
  ...rows('unit', ['terraform|tofu|terragrunt test']),
  // Ruby's default task is its tests by custom.
  ...rows('unit', ['rake'], { ...moderate, when: /^rake(\s+-\S+)*$/ }),
  ...rows('unit', ['docker|podman run'], {
    ...moderate,
    when: /\s(npm (run )?test|(yarn|pnpm|bun) test|pytest|rspec|phpunit|go test|cargo test|dotnet test|make test|mvn\s.*\b(test|verify)|gradlew?\s.*\btest)\b/,
  }),
  ...rows('unit', ['bin/rails test', 'nx test', 'busted', 'ant test', 'R CMD check', 'Rscript', 'alr test'], {
    unless: /^Rscript(?!.*(rcmdcheck|testthat))/,
  }),
  ...rows(['build', 'unit'], ['mvn|./mvnw|mvnw verify|install|package'], {
    unless: /-DskipTests|-Dmaven\.test\.skip/,
  }),
  ...rows('build', ['mvn|./mvnw|mvnw verify|install|package|compile'], moderate),
  ...rows('unit', ['mvn|./mvnw|mvnw test']),
  ...rows(['build', 'unit'], ['gradle|./gradlew|gradlew build'], { unless: /-x\s+(test|check)\b/ }),
  ...rows('build', ['gradle|./gradlew|gradlew build|assemble|bootJar|jar|war|installDist'], moderate),
  ...rows('unit', ['gradle|./gradlew|gradlew test|check|connectedCheck|connectedAndroidTest']),
  ...rows('end-to-end', [
    'playwright test',
    'cypress run',
    'testcafe',
    'nightwatch',
    'wdio run',
    'maestro test',
  ]),
  ...rows('end-to-end', ['robot', 'cucumber-js', 'detox test', 'rails test:system', 'bin/rails test:system']),
  // Lint and format
  ...rows('lint', [
    'eslint',
    'prettier',
    'stylelint',
    'biome check|ci|lint',
    'oxlint',
    'tslint',
    'xo',
    'standard',
  ]),
  ...rows('lint', [
    'ruff check|format',
    'ruff',
    'flake8',
    'pylint',
    'black',
    'isort',
    'mypy',
    'pyright',
    'pre-commit run',
  ]),
  ...rows('lint', [
    'golangci-lint run',
    'golangci-lint',
    'go vet',
    'gofmt',
    'staticcheck',
    'revive',
    'golint',
  ]),
  ...rows('lint', [
    'cargo clippy',
    'cargo fmt',
    'rubocop',
    'standardrb',
    'phpcs',
    'php-cs-fixer',
    'phpstan',
    'psalm',
  ]),
  ...rows('lint', [
    'dotnet format',
    'ktlint',
    'detekt',
    'checkstyle',
    'swiftlint',
    'shellcheck',
    'shfmt',
    'hadolint',
  ]),
  ...rows('lint', [
    'yamllint',
    'actionlint',
    'markdownlint',
    'markdownlint-cli2',
    'commitlint',
    'terraform|tofu|terragrunt fmt|validate',
  ]),
  ...rows('lint', [
    'tflint',
    'helm lint',
    'kubeconform',
    'kubeval',
    'ansible-lint',
    'sqlfluff lint',
    'buf lint',
    'mix format|credo',
  ]),
  ...rows(
    'lint',
    ['deno lint|fmt', 'dart|flutter analyze', 'composer validate', 'sam validate', 'cfn-lint', 'tsc'],
    {
      unless: /^tsc(?!.*--noEmit)/,
    },
  ),
  // Security
  ...rows('scan', [
    'trivy',
    'grype',
    'snyk test|monitor|container|code',
    'npm|pnpm|yarn audit',
    'yarn npm audit',
    'pip-audit',
  ]),
  ...rows('scan', [
    'safety check|scan',
    'bandit',
    'semgrep',
    'gosec',
    'govulncheck',
    'cargo audit|deny',
    'gitleaks',
  ]),
  ...rows('scan', [
    'trufflehog',
    'checkov',
    'tfsec',
    'kube-score',
    'osv-scanner',
    'brakeman',
    'bundle-audit',
    'bundler-audit',
  ]),
  ...rows(
    'scan',
    ['docker scout', 'dockle', 'clair', 'syft', 'sonar-scanner', 'zap-baseline.py', 'dotnet list package'],
    {
      unless: /^(dotnet(?!.*--vulnerable)|syft)/,
    },
  ),
  // Build, package, publish
  ...rows('build', [
    'npm|pnpm|yarn|bun build',
    'go build',
    'cargo build',
    'dotnet build|publish',
    'webpack',
    'vite build',
  ]),
  ...rows('build', [
    'next build',
    'nuxt build|generate',
    'ng build',
    'tsc',
    'esbuild',
    'rollup',
    'turbo build',
    'nx build',
    'vercel|netlify build',
  ]),
  ...rows('build', [
    'python setup.py build',
    'poetry|hatch|uv|pdm build',
    'build',
    'cmake --build',
    'msbuild',
    'sbt package|assembly',
  ]),
  ...rows('build', [
    'mix release',
    'swift build',
    'xcodebuild build|archive',
    'flutter build',
    'sam build',
    'hugo',
    'ant',
    'stack build',
    'cdk synth',
  ]),
  ...rows('package', [
    'docker|podman|buildah build',
    'docker buildx build|bake',
    'docker|podman push',
    'pack build',
    'ko build',
  ]),
  ...rows('package', [
    'buildah bud|push',
    'helm package|push',
    'docker compose build|push',
    'docker-compose build|push',
  ]),
  ...rows('package', [
    'gcloud builds submit',
    'az acr build',
    'jib',
    'kaniko',
    'skaffold build',
    'earthly',
    'heroku container:push',
  ]),
  ...rows('publish', [
    'npm|pnpm|yarn|bun publish',
    'yarn npm publish',
    'lerna publish',
    'changeset publish',
    'semantic-release',
  ]),
  ...rows('publish', [
    'twine upload',
    'poetry|hatch|uv|flit|pdm publish',
    'cargo publish',
    'gem push',
    'dotnet nuget push',
  ]),
  ...rows('publish', [
    'gh release create|upload',
    'goreleaser release',
    'goreleaser',
    'mvn|./mvnw|mvnw deploy',
    'mix hex.publish',
  ]),
  ...rows('publish', [
    'gradle|./gradlew|gradlew publish',
    'vsce publish',
    'ovsx publish',
    'conda upload',
    'anaconda upload',
    'composer publish',
  ]),
  // Telling people
  ...rows('notify', ['curl'], { when: TELLS }),
  ...rows('notify', [
    'gh issue create|comment',
    'mail',
    'mailx',
    'sendmail',
    'aws sns publish',
    'aws ses send-email',
  ]),
];

/** Options with which a command only shows what it would do. `--version` with a value says which one to deploy. */
const DRY_RUN =
  /(^|\s)(--dry-run(?!=(none|false))\S*|--dryrun|--noop|--no-execute-changeset|--help|--version(?=\s*$)|--syntax-check|--list-tasks|--list-hosts|--diff-only|--build-only)(\s|$)/;

interface CompiledRow {
  readonly row: CommandRow;
  readonly pattern: readonly (readonly string[])[];
  readonly weight: number;
}

const byProgram = new Map<string, CompiledRow[]>();
for (const row of commandRows) {
  const pattern = row.command.split(' ').map((word) => word.split('|'));
  const weight = pattern.length * 10 + (row.when ? 2 : 0) + (row.unless ? 1 : 0);
  for (const program of pattern[0] ?? []) {
    byProgram.set(program, [...(byProgram.get(program) ?? []), { row, pattern, weight }]);
  }
}

/** A purpose of a command, with how sure that is. */
export interface CommandPurpose {
  readonly purpose: Purpose;
  readonly confidence: Confidence;
}

/** Programs that run a script of the repository by its path. */
const INTERPRETERS =
  /^(ba|da|z)?sh$|^(python[\d.]*|node|ruby|php|perl|tsx|ts-node|deno|bun|source|\.|pwsh|Rscript)$/;
/** Runners of named scripts: the words before the name. */
const RUNNERS: readonly (readonly string[])[] = [
  ['npm', 'run'],
  ['npm', 'run-script'],
  ['pnpm', 'run'],
  ['yarn', 'run'],
  ['bun', 'run'],
  ['deno', 'task'],
  ['composer', 'run-script'],
  ['composer', 'run'],
  ['turbo', 'run'],
  ['lerna', 'run'],
  ['pdm', 'run'],
  ['hatch', 'run'],
  ['make'],
  ['just'],
  ['task'],
  ['rake'],
  ['mage'],
  ['grunt'],
  ['gulp'],
  ['invoke'],
  ['yarn'],
  ['pnpm'],
];

/** What a command does, by its words. A command that only prints, or only shows what it would do, does nothing. */
export function purposesOfCommand(
  words: readonly string[],
  known?: KnownPurposes,
): readonly CommandPurpose[] {
  const command = withoutBin(unwrapCommand(words));
  const line = command.join(' ').slice(0, 4000);
  const isDry =
    DRY_RUN.test(line) || (command[0] === 'ansible-playbook' && /\s(--check|-C)(\s|$)/.test(line));
  const without = (found: readonly CommandPurpose[]): readonly CommandPurpose[] =>
    isDry
      ? found.filter(({ purpose }) => !['deploy', 'rollback', 'publish', 'notify'].includes(purpose))
      : found;
  const taught = known && known.size > 0 ? taughtPurposes(command, known) : null;
  if (taught) return without(taught.map((purpose) => ({ purpose, confidence: 'strong' })));
  const candidates = (byProgram.get(command[0] ?? '') ?? [])
    .filter(
      ({ row, pattern }) =>
        matches(command, pattern) && (row.when?.test(line) ?? true) && !(row.unless?.test(line) ?? false),
    )
    .sort((a, b) => b.weight - a.weight);
  const best = candidates[0];
  if (best) {
    return without(
      best.row.purposes.map((purpose) => ({ purpose, confidence: best.row.confidence ?? 'strong' })),
    );
  }
  const names = scriptNames(command);
  return without(
    names.flatMap((name) => {
      const purpose = purposeOfName(name);
      return purpose ? [{ purpose, confidence: 'moderate' as const }] : [];
    }),
  );
}

/**
 * What the configuration says of a command, by the longest of its lines that fits. A script is the same with `./` in
 * front and behind the program that runs it: `bash ./ops/ship.sh eu` is `ops/ship.sh eu`.
 */
function taughtPurposes(command: readonly string[], known: KnownPurposes): readonly Purpose[] | null {
  const script = INTERPRETERS.test(command[0] ?? '')
    ? command.findIndex((word, index) => index > 0 && !word.startsWith('-'))
    : -1;
  const forms = [command, ...(script > 0 ? [command.slice(script)] : [])].map(withoutDot);
  let best: { readonly length: number; readonly purposes: readonly Purpose[] } | null = null;
  for (const [line, purposes] of known) {
    const pattern = withoutDot(line.split(' '));
    const fits = forms.some(
      (form) =>
        form[0] === pattern[0] &&
        matches(
          form,
          pattern.map((word) => [word]),
        ),
    );
    if (fits && pattern.length > (best?.length ?? 0)) best = { length: pattern.length, purposes };
  }
  return best?.purposes ?? null;
}

function withoutDot(words: readonly string[]): readonly string[] {
  return words.map((word, index) => (index === 0 ? word.replace(/^\.\//, '') : word));
}

/** A known program by its stub in the repository's `bin`: `bin/rubocop` is `rubocop`. */
function withoutBin(command: readonly string[]): readonly string[] {
  const name = /^(?:\.\/)?bin\/([\w.-]+)$/.exec(command[0] ?? '')?.[1];
  if (name === undefined || byProgram.has(command[0] ?? '') || !byProgram.has(name)) return command;
  return [name, ...command.slice(1)];
}

/**
 * Whether the words match, options and their values skipped between them: after an option the next word may be its
 * value or not, so both are tried, each position once.
 */
function matches(words: readonly string[], pattern: readonly (readonly string[])[]): boolean {
  let positions = new Set([1]);
  for (const choices of pattern.slice(1)) {
    const next = new Set<number>();
    const pending = [...positions];
    const seen = new Set<number>();
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const word = words[at];
      if (word === undefined || seen.has(at)) continue;
      seen.add(at);
      if (choices.includes(word)) next.add(at + 1);
      if (word.startsWith('-') || word.startsWith('+')) {
        pending.push(at + 1);
        if (!word.includes('=')) pending.push(at + 2);
      } else if (words[0] === 'mvn' || /gradlew?$|mvnw$/.test(words[0] ?? '')) pending.push(at + 1);
    }
    if (next.size === 0) return false;
    positions = next;
  }
  return true;
}

/** The names of the scripts or targets that a command runs: `npm run deploy`, `make test lint`, `./deploy.sh`. */
function scriptNames(command: readonly string[]): readonly string[] {
  const [program = '', ...rest] = command;
  const runner = RUNNERS.find((words) => words.every((word, index) => command[index] === word));
  if (runner) {
    const behind = command.slice(runner.length);
    const end = behind.indexOf('--');
    const plain = (end < 0 ? behind : behind.slice(0, end)).filter(
      (word, index, all) =>
        !word.startsWith('-') &&
        !word.includes('=') &&
        !/^(-C|-f|--filter|-F|--prefix|--cwd|--workspace|-w|-j)$/.test(all[index - 1] ?? ''),
    );
    const isMany = /^(make|just|task|rake|mage|grunt|gulp|turbo)$/.test(program);
    return isMany ? plain : plain.slice(0, 1);
  }
  if (/^(\.{0,2}\/|[\w.-]+\/)[^\s:]*$/.test(program) || /\.(sh|bash|py|rb|js|mjs|ts|pl)$/.test(program)) {
    return [baseName(program)];
  }
  if (INTERPRETERS.test(program)) {
    const script = rest.find((word) => !word.startsWith('-'));
    return script &&
      /^[\w.\/${}-]*[.\/][\w.\/-]*$/.test(script) &&
      !rest.some((word) => /^-[cre]$/.test(word))
      ? [baseName(script)]
      : [];
  }
  return [];
}

function baseName(path: string): string {
  return (path.split('/').pop() ?? '').replace(/\.\w+$/, '');
}
