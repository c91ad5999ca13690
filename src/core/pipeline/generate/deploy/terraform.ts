import { shellWord } from '../../../evidence/detect/shell-text';
import { useAction } from '../actions';
import { expression } from '../workflow-text';
import { cloudLogin, loginTo } from './login';
import { fails, fromVariables, lines, unknownMeans, type DeployContext, type DeployMeans } from './means';

/** Where the saved plan of an environment lies on the runner that made it and on the one that applies it. */
const FOLDER = '"$RUNNER_TEMP/plan"';

/**
 * Terraform: what will change is planned and saved before anybody approves, and exactly that plan is applied; Terraform
 * itself refuses it where the state has changed since.
 */
export function terraformMeans({ plan, target, profile, paths }: DeployContext): DeployMeans {
  const root = target.path.value;
  const names = plan.environments.map(({ name }) => name);
  const variables = fileOf(paths, root, names, ['.tfvars', '.tfvars.json']);
  const backend = fileOf(paths, root, names, [
    '.tfbackend',
    '.s3.tfbackend',
    '.gcs.tfbackend',
    '.azurerm.tfbackend',
  ]);
  // Where no file names the cloud, the place of the state does.
  const cloud =
    cloudLogin(profile) ??
    (backend?.includes('.s3.')
      ? loginTo('aws')
      : backend?.includes('.gcs.')
        ? loginTo('google')
        : backend?.includes('.azurerm.')
          ? loginTo('azure')
          : null);
  if (variables === null)
    return unknownMeans([`file of variables with which ${root} is planned for each environment`]);
  if (!cloud) return unknownMeans([`which cloud ${root} is applied to`]);
  const terraform = root === '.' ? 'terraform' : `terraform -chdir=${shellWord(root)}`;
  const init = `${terraform} init -input=false${backend === null ? '' : ` -backend-config=${backend}`}`;
  const file = `-var-file=${variables}`;
  const env = fromVariables('TERRAFORM_MAY_DESTROY');
  const make = lines(
    `mkdir --parents ${FOLDER}`,
    init,
    `${terraform} plan -input=false -lock-timeout=5m ${file} -out=${FOLDER}/saved.tfplan`,
    // What is destroyed is destroyed only where a person named this very commit.
    `destroyed="$(${terraform} show -json ${FOLDER}/saved.tfplan | jq --raw-output '[.resource_changes[]? | select(.change.actions | index("delete")) | .address] | join(", ")')"`,
    'if [ -n "$destroyed" ] && [ "$TERRAFORM_MAY_DESTROY" != "$VERSION" ]; then',
    '  echo "::error::The plan destroys $destroyed: set the variable TERRAFORM_MAY_DESTROY of this environment to the commit $VERSION if that is meant"',
    '  exit 1',
    'fi',
  );
  const apply = lines(init, `${terraform} apply -input=false -lock-timeout=5m ${FOLDER}/saved.tfplan`);
  const setUp = {
    name: 'Set up Terraform',
    uses: useAction('hashicorp/setup-terraform'),
    with: { terraform_wrapper: 'false' },
  };
  return {
    login: [...cloud.steps, setUp],
    permissions: cloud.permissions,
    record: null,
    recorded: [],
    planned: {
      env,
      run: lines(
        make,
        '{',
        "  echo '```'",
        `  ${terraform} show -no-color ${FOLDER}/saved.tfplan`,
        "  echo '```'",
        '} >> "$GITHUB_STEP_SUMMARY"',
      ),
    },
    steps: () => [{ title: null, script: { env: {}, run: apply }, check: 'once', minutes: 60 }],
    check: {
      step: (name) => ({
        name,
        // 2 is: something is left to do.
        run: `${terraform} plan -input=false -lock-timeout=5m ${file} -detailed-exitcode > /dev/null`,
        timeoutMinutes: 20,
      }),
      watch: (name) => ({
        name,
        run: `${terraform} plan -input=false -lock-timeout=5m ${file} -detailed-exitcode > /dev/null`,
      }),
      variables: [],
      unknowns: [],
    },
    handedOn: [],
    restore: fails(
      'Terraform has no way back of its own: revert the change in a pull request, so that its plan is read before it is applied, or start the rollback workflow',
    ),
    redeploy: {
      env,
      run: lines(
        'gh auth setup-git',
        'git fetch --quiet --depth 1 origin "$VERSION"',
        'git checkout --quiet --force --detach FETCH_HEAD',
        make,
        apply,
      ),
    },
    variables: cloud.variables,
    secrets: [],
    notes: [
      'A saved plan can hold secrets of the state: it is kept as an artifact for one day, for those who may read this repository.',
      'A plan that destroys something fails, unless the variable TERRAFORM_MAY_DESTROY of the environment names the commit.',
      `Terraform plans by the files for each environment (${variables}).`,
    ],
    unknowns: [],
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

/** The step that keeps a plan, and the one that takes it. */
export function planArtifact(environment: string): {
  readonly name: ReturnType<typeof expression>;
  readonly path: ReturnType<typeof expression>;
} {
  return {
    name: expression(`plan-${environment}-\${{ github.sha }}`),
    path: expression('${{ runner.temp }}/plan'),
  };
}
