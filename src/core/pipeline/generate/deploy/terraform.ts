import { shellWord } from '../../../evidence/detect/shell-text';
import { useAction } from '../actions';
import { checkout } from '../setup';
import { expression, type JobSpec, type StepSpec } from '../workflow-text';
import { loginTo, readingLogin, type Login } from './login';
import { fails, fromVariables, lines, unknownMeans, type DeployContext, type DeployMeans } from './means';

/** Where the saved plan of an environment lies on the runner that made it and on the one that applies it. */
const PLAN = '"$RUNNER_TEMP/plan/saved.tfplan"';

/** Only pull requests of the repository itself: one of a fork gets no login, and none is offered to it. */
const OWN_PULL_REQUEST =
  "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository";
const NO_FORK =
  "github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository";

/** How long a plan or a deployment waits for another run that holds the lock of the state. */
const LOCK = '-lock-timeout=5m';

/**
 * Terraform: what will change is planned and saved before anybody approves, and exactly that plan is applied; Terraform
 * itself refuses it where the state has changed since.
 */
export function terraformMeans(context: DeployContext): DeployMeans {
  const { plan, target, paths } = context;
  const root = target.path.value;
  const folder = root === '.' ? 'the root folder' : root;
  const terraform = root === '.' ? 'terraform' : `terraform -chdir=${shellWord(root)}`;
  const named = (ending: string): boolean => [...paths].some((path) => path.endsWith(ending));
  if (named('.opentofu-version') || named('.tofu') || named('terragrunt.hcl')) {
    return unknownMeans([`how ${folder} is applied: its files are for OpenTofu or Terragrunt`]);
  }
  const names = plan.environments.map(({ name }) => name);
  const variables = fileOf(paths, root, names, ['.tfvars', '.tfvars.json']);
  const backend = fileOf(paths, root, names, [
    '.tfbackend',
    '.s3.tfbackend',
    '.gcs.tfbackend',
    '.azurerm.tfbackend',
  ]);
  const [cloud, ...others] = target.terraform?.clouds ?? [];
  const setUp = setUpTerraform(root, paths);
  const format = formatJob(context, terraform, setUp.steps);
  const scan = scanJob(root);
  const unknowns = [
    // Two environments in one state would each undo what the other is.
    ...(variables === null || backend === null
      ? [`variables and backend with which ${folder} is applied to each of ${names.join(', ')}`]
      : []),
    ...(cloud === undefined || others.length > 0 ? [`which one cloud ${folder} is applied to`] : []),
  ];
  if (variables === null || backend === null || cloud === undefined || others.length > 0) {
    return {
      ...unknownMeans(unknowns),
      checks: { always: [format, scan], proposed: [] },
      notes: setUp.notes,
    };
  }
  const login = withProvider(loginTo(cloud), cloud);
  const reading = withProvider(readingLogin(cloud), cloud);
  const init = `${terraform} init -input=false -backend-config=${backend}`;
  const planning = `${terraform} plan -input=false -var-file=${variables}`;
  const env = fromVariables('TERRAFORM_MAY_DESTROY');
  const make = lines(
    'mkdir --parents "$RUNNER_TEMP/plan"',
    init,
    `${planning} ${LOCK} -out=${PLAN}`,
    // What is destroyed is destroyed only where a person named this very commit.
    destroyedBy(terraform),
    'if [ -n "$destroyed" ] && [ "$TERRAFORM_MAY_DESTROY" != "$VERSION" ]; then',
    '  echo "::error::The plan destroys $destroyed: set the variable TERRAFORM_MAY_DESTROY of this environment to the commit $VERSION if that is meant"',
    '  exit 1',
    'fi',
  );
  const apply = `${terraform} apply -input=false ${LOCK} ${PLAN}`;
  const verify = (name: string): StepSpec => ({
    name,
    // It ends with 2 where anything is left to do.
    run: `${planning} ${LOCK} -detailed-exitcode`,
    timeoutMinutes: 20,
    whenItFails:
      'Its log shows the plan: what is left to change after the apply, which something else changes too or no apply ever reaches',
  });
  const tests = target.terraform?.tests ?? 'none';
  const proposed = names.map((name): JobSpec => ({
    id: `propose-${name.toLowerCase().replace(/[^a-z0-9_-]+/g, '-')}`,
    name: `Plan ${name} for the review`,
    comment: 'Reads and changes nothing: an identity of its own, no lock, and no pull request of a fork.',
    phases: [],
    needs: [format.id],
    if: OWN_PULL_REQUEST,
    permissions: { 'id-token': 'write', contents: 'read' },
    timeoutMinutes: 30,
    env: { ENV: name },
    steps: [
      checkout(),
      ...reading.steps,
      ...setUp.steps,
      {
        name: `Plan ${name}`,
        run: lines(
          'mkdir --parents "$RUNNER_TEMP/plan"',
          init,
          `${planning} -lock=false -out=${PLAN}`,
          destroyedBy(terraform),
          '[ -z "$destroyed" ] || echo "::warning::This would destroy $destroyed"',
          shown(terraform),
        ),
        timeoutMinutes: 20,
      },
    ],
  }));
  return {
    login: [...login.steps, ...setUp.steps],
    permissions: login.permissions,
    record: null,
    recorded: [],
    checks: {
      always: [
        format,
        scan,
        ...(tests === 'none'
          ? []
          : [testJob(terraform, format.id, setUp.steps, tests === 'real' ? reading : null)]),
      ],
      proposed,
    },
    repositoryVariables: reading.variables,
    planned: {
      env: { ...env, IS_PRIVATE: expression('${{ github.event.repository.private }}') },
      run: lines(
        'if [ "$IS_PRIVATE" != true ]; then',
        "  echo '::error::A saved plan can hold secrets of the state, and everybody can read what a public repository keeps: make it private, or apply from elsewhere'",
        '  exit 1',
        'fi',
        make,
        shown(terraform),
      ),
    },
    steps: () => [{ title: null, script: { env: {}, run: lines(init, apply) }, check: 'once', minutes: 60 }],
    check: { step: verify, watch: verify, variables: [], unknowns: [] },
    handedOn: [],
    restore: fails(
      'Terraform has no way back of its own: revert the change in a pull request, so that its plan is read before it is applied, or start the rollback workflow',
    ),
    redeploy: {
      env: { ...env, GH_TOKEN: expression('${{ github.token }}') },
      run: lines(
        'gh auth setup-git',
        'git fetch --quiet --depth 1 origin "$VERSION"',
        'git checkout --quiet --force --detach FETCH_HEAD',
        make,
        apply,
      ),
    },
    variables: login.variables,
    secrets: [],
    notes: [
      ...setUp.notes,
      'A saved plan can hold secrets of the state: it is kept as an artifact for one day, for those who may read this repository, and in a public repository nothing is planned.',
      'A plan that destroys something fails, unless the variable TERRAFORM_MAY_DESTROY of the environment names the commit.',
      `Each environment has its own variables (${variables}) and its own state (${backend}).`,
      'Pull requests of forks are not planned and not tested against the cloud, since they get no login: plan them by hand before they are merged.',
      'A pull request runs its own Terraform code when it is planned: give the identity of the plans read access only, and to nothing secret.',
    ],
    unknowns: [],
  };
}

/** The addresses of what the saved plan destroys, also to make it anew, as `$destroyed`. */
function destroyedBy(terraform: string): string {
  return `destroyed="$(${terraform} show -json ${PLAN} | jq --raw-output '[.resource_changes[]? | select(.change.actions | index("delete")) | .address] | join(", ")')"`;
}

/** The saved plan on the run's page, which takes no more than a MiB. */
function shown(terraform: string): string {
  return lines(
    `${terraform} show -no-color ${PLAN} > "$RUNNER_TEMP/plan.txt"`,
    '{',
    "  echo '```text'",
    '  head --bytes=900000 "$RUNNER_TEMP/plan.txt"',
    "  echo '```'",
    '} >> "$GITHUB_STEP_SUMMARY"',
  );
}

/** Format, validity and, where it is set up, TFLint: without a state and without a login. */
function formatJob({ target, paths }: DeployContext, terraform: string, setUp: readonly StepSpec[]): JobSpec {
  const root = target.path.value;
  const own = root === '.' ? '' : `${root}/`;
  const lintFolder = paths.has(`${own}.tflint.hcl`) ? own.slice(0, -1) : null;
  const inFolder = lintFolder === null || lintFolder === '' ? {} : { workingDirectory: lintFolder };
  return {
    id: 'terraform',
    name: 'Check Terraform',
    phases: ['format', 'lint'],
    permissions: { contents: 'read' },
    timeoutMinutes: 15,
    steps: [
      checkout(),
      ...setUp,
      {
        name: 'Check the format of Terraform',
        run: `${terraform} fmt -check -diff -recursive`,
        whenItFails: `Run it yourself and commit what it changes: ${terraform} fmt -recursive`,
      },
      {
        name: 'Validate Terraform',
        run: lines(`${terraform} init -backend=false -input=false`, `${terraform} validate`),
        whenItFails: `Run it yourself to see the same: ${terraform} validate`,
      },
      ...(lintFolder === null
        ? []
        : [
            { name: 'Set up TFLint', uses: useAction('terraform-linters/setup-tflint') },
            {
              name: 'Lint Terraform',
              // Its plugins come from releases on GitHub, whose API allows few requests without a token.
              env: { GITHUB_TOKEN: expression('${{ github.token }}') },
              run: 'tflint --init\ntflint',
              ...inFolder,
              whenItFails: 'Run it yourself to see the same: tflint',
            },
          ]),
    ],
  };
}

/** Reads what the files would make, and fails at what is grave only. It waits for nothing, as every scan. */
function scanJob(root: string): JobSpec {
  return {
    id: 'terraform-scan',
    name: 'Scan Terraform',
    phases: ['scan'],
    permissions: { contents: 'read' },
    timeoutMinutes: 15,
    steps: [
      checkout(),
      {
        name: 'Scan Terraform',
        uses: useAction('aquasecurity/trivy-action'),
        with: {
          'scan-type': 'config',
          'scan-ref': root,
          severity: 'HIGH,CRITICAL',
          'exit-code': '1',
        },
        whenItFails:
          'Mend what it names, or, where it is meant, put its id into .trivyignore with the reason above it',
      },
    ],
  };
}

/** Terraform's own tests; with a login that only reads where they reach a provider. */
function testJob(
  terraform: string,
  needed: string,
  setUp: readonly StepSpec[],
  login: Login | null,
): JobSpec {
  return {
    id: 'terraform-test',
    name: 'Test Terraform',
    ...(login ? { comment: 'Its providers ask the cloud, by an identity that only reads.' } : {}),
    phases: ['unit'],
    needs: [needed],
    ...(login ? { if: NO_FORK } : {}),
    permissions: { ...login?.permissions, contents: 'read' },
    timeoutMinutes: 30,
    steps: [
      checkout(),
      ...(login?.steps ?? []),
      ...setUp,
      {
        name: 'Run the tests of Terraform',
        run: lines(`${terraform} init -backend=false -input=false`, `${terraform} test`),
        whenItFails: `Run it yourself to see the same: ${terraform} test`,
      },
    ],
  };
}

/** Terraform in the version that a file of the repository names. */
function setUpTerraform(
  root: string,
  paths: ReadonlySet<string>,
): { readonly steps: readonly StepSpec[]; readonly notes: readonly string[] } {
  const file = [...(root === '.' ? [] : [`${root}/.terraform-version`]), '.terraform-version'].find((path) =>
    paths.has(path),
  );
  const setUp = {
    name: 'Set up Terraform',
    uses: useAction('hashicorp/setup-terraform'),
    // The wrapper would hide the exit code of a plan.
    with: { terraform_wrapper: 'false' },
  };
  if (file === undefined) {
    return {
      steps: [setUp],
      notes: ['No .terraform-version names the version of Terraform: each run takes the newest one.'],
    };
  }
  return {
    steps: [
      {
        name: 'Read the version of Terraform',
        id: 'terraform-version',
        run: `echo "version=$(tr --delete '[:space:]' < ${shellWord(file)})" >> "$GITHUB_OUTPUT"`,
      },
      {
        ...setUp,
        with: {
          ...setUp.with,
          terraform_version: expression('${{ steps.terraform-version.outputs.version }}'),
        },
      },
    ],
    notes: [],
  };
}

/** Terraform's provider and backend for Azure take no login of the command line: they are told of it themselves. */
function withProvider(login: Login, cloud: 'aws' | 'azure' | 'google'): Login {
  if (cloud !== 'azure') return login;
  const inputs = login.steps[0]?.with ?? {};
  return {
    ...login,
    steps: [
      ...login.steps,
      {
        name: 'Tell Terraform of the login',
        env: {
          ARM_CLIENT_ID: inputs['client-id'] ?? '',
          ARM_TENANT_ID: inputs['tenant-id'] ?? '',
          ARM_SUBSCRIPTION_ID: inputs['subscription-id'] ?? '',
        },
        run: lines(
          '{',
          '  echo ARM_USE_OIDC=true',
          '  echo "ARM_CLIENT_ID=$ARM_CLIENT_ID"',
          '  echo "ARM_TENANT_ID=$ARM_TENANT_ID"',
          '  echo "ARM_SUBSCRIPTION_ID=$ARM_SUBSCRIPTION_ID"',
          '} >> "$GITHUB_ENV"',
        ),
      },
    ],
  };
}

/** The same file for every environment, with `$ENV` in its name; null where one of them has none. */
function fileOf(
  paths: ReadonlySet<string>,
  root: string,
  names: readonly string[],
  endings: readonly string[],
): string | null {
  const prefix = root === '.' ? '' : `${root}/`;
  for (const folder of ['environments/', 'envs/', 'env/', 'vars/', 'tfvars/', '']) {
    for (const ending of endings) {
      if (names.every((name) => paths.has(`${prefix}${folder}${name}${ending}`))) {
        return `"${folder}$ENV${ending}"`;
      }
    }
  }
  return null;
}

/** The saved plan of an environment as an artifact of the run. */
export function planArtifact(environment: string): {
  readonly name: ReturnType<typeof expression>;
  readonly path: ReturnType<typeof expression>;
} {
  return {
    name: expression(`plan-${environment}-\${{ github.sha }}`),
    path: expression('${{ runner.temp }}/plan'),
  };
}
