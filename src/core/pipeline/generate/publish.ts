import { shellWord } from '../../evidence/detect/shell-text';
import { isKnown } from '../../evidence/fact';
import type { RepositoryProfile, Stack } from '../../evidence/profile';
import { environmentCommand, environmentPolicy, reviewersIn } from '../govern/environment-policy';
import { repositoryPath } from '../govern/rulesets';
import { useAction } from './actions';
import { keepBuilt, labelledBuildSteps, provenanceJob } from './build';
import { phaseSteps, type CheckContext } from './checks';
import type { SetupStep } from './manual-steps';
import type { PublishedKind, PublishedPackage, PublishingPlan } from './publish-plan';
import { checkout, setup } from './setup';
import { inFolder } from './setup/places';
import { expression, type JobSpec, type StepSpec } from './workflow-text';

/** How a registry takes a package, and takes it back. */
interface PublishingWay {
  readonly label: string;
  /** Where its trust in this repository is set, by hand: none of them has a call for it. */
  readonly trust: (name: string) => string;
  /** What a person does with a version that must not be used; nothing takes it out of the world. */
  readonly takeBack: (name: string) => { readonly why: string; readonly command: string | null };
}

const WAYS: Readonly<Record<PublishedKind, PublishingWay>> = {
  npm: {
    label: 'npm',
    trust: (name) =>
      `On https://www.npmjs.com/package/${name}/access add a trusted publisher (GitHub Actions). The package has to be there: its first version is published by hand. npm takes a package only where \`repository.url\` of its manifest names this repository.`,
    takeBack: (name) => ({
      why: 'npm keeps what was published. The tag `latest` goes back to the version before, and the bad one is marked; both need a login, since a trusted publisher can only publish.',
      command: `npm dist-tag add ${shellWord(name)}@"$PREVIOUS_VERSION" latest\nnpm deprecate ${shellWord(name)}@"$BAD_VERSION" "$REASON"`,
    }),
  },
  pypi: {
    label: 'PyPI',
    trust: () =>
      'On https://pypi.org/manage/account/publishing/ add a trusted publisher (GitHub Actions); for a package that is not there yet a pending one.',
    takeBack: (name) => ({
      why: `PyPI has no command for it: yank the version on https://pypi.org/manage/project/${name}/releases/. What is pinned to it still installs.`,
      command: null,
    }),
  },
  crates: {
    label: 'crates.io',
    trust: (name) =>
      `On https://crates.io/crates/${name}/settings add a trusted publisher (GitHub). The crate has to be there: its first version is published by hand.`,
    takeBack: (name) => ({
      why: 'crates.io keeps what was published; a yanked version is taken by no new lock file.',
      command: `cargo yank --version "$BAD_VERSION" ${shellWord(name)}`,
    }),
  },
  nuget: {
    label: 'NuGet',
    trust: () =>
      'On https://www.nuget.org/account/trustedpublishing add a policy for this repository and workflow; the variable NUGET_USER of the environment is the name of the profile.',
    takeBack: (name) => ({
      why: 'NuGet keeps what was published and only hides it from searches; it needs an API key.',
      command: `dotnet nuget delete ${shellWord(name)} "$BAD_VERSION" --source https://api.nuget.org/v3/index.json --non-interactive --api-key "$NUGET_API_KEY"`,
    }),
  },
  rubygems: {
    label: 'RubyGems.org',
    trust: (name) =>
      `On https://rubygems.org/gems/${name}/trusted_publishers add a trusted publisher (GitHub Actions); for a gem that is not there yet a pending one, on https://rubygems.org/profile/oidc/pending_trusted_publishers.`,
    takeBack: (name) => ({
      why: 'A yanked version is installed by nobody any more, not even from a lock file that names it, and its number is used up; it needs a login, since a trusted publisher can only publish.',
      command: `gem yank ${shellWord(name)} --version "$BAD_VERSION"`,
    }),
  },
  'vscode-marketplace': {
    label: 'the VS Code Marketplace',
    trust: (name) =>
      `Register an application in Microsoft Entra with a federated credential for the environment, and make its user a member (Contributor) of the publisher ${name.split('.')[0] ?? ''} on https://marketplace.visualstudio.com/manage; the variables AZURE_CLIENT_ID and AZURE_TENANT_ID of the environment name it.`,
    takeBack: () => ({
      why: 'The Marketplace gives everybody the newest version, so the way back is a newer one: tag the commit before under a higher version.',
      command: null,
    }),
  },
};

/** Where what is published lies, in the runner's temporary folder. */
const FOLDER = '"$RUNNER_TEMP/packages"';

/** A run that publishes: a tag was pushed. */
export function onTag({ tagPrefix }: PublishingPlan): string {
  return `github.event_name == 'push' && startsWith(github.ref, 'refs/tags/${tagPrefix}')`;
}

/** What the build does beyond building: makes the packages, and refuses a tag that is not their version. */
function packSteps(plan: PublishingPlan, retentionDays: number): StepSpec[] {
  return [
    { name: 'Make the folder of the packages', run: `mkdir -p ${FOLDER}` },
    ...plan.packages.map((item) =>
      inFolder(item.stack, { name: `Pack for ${WAYS[item.kind].label}`, run: packCommand(item) }),
    ),
    {
      name: 'Check that the tag is the version',
      if: "startsWith(github.ref, 'refs/tags/')",
      env: { PREFIX: plan.tagPrefix },
      run: [
        'version="${GITHUB_REF_NAME#"$PREFIX"}"',
        `for package in ${FOLDER}/*; do`,
        '  case "$(basename "$package")" in',
        '    *"$version"*) ;;',
        '    *)',
        '      echo "::error::The tag $GITHUB_REF_NAME is not the version of $(basename "$package"): change the manifest first, then the tag"',
        '      exit 1',
        '      ;;',
        '  esac',
        'done',
      ].join('\n'),
    },
    keepBuilt('Keep the packages', ARTIFACT, 'packages', retentionDays),
  ];
}

const ARTIFACT = expression('packages-${{ github.sha }}');

function packCommand({ kind, stack, packCommand: own }: PublishedPackage): string {
  switch (kind) {
    case 'npm':
      return `${stack.packageManager.value === 'pnpm' ? 'pnpm' : 'npm'} pack --pack-destination ${FOLDER}`;
    case 'vscode-marketplace':
      if (own !== null) return `${own}\ncp ./*.vsix ${FOLDER}`;
      return `npx --no-install vsce package --out ${FOLDER}`;
    case 'pypi':
      return stack.packageManager.value === 'uv'
        ? `uv build --out-dir ${FOLDER}`
        : stack.packageManager.value === 'poetry'
          ? `poetry build --output ${FOLDER}`
          : `pipx run build --outdir ${FOLDER}`;
    case 'crates':
      return `cargo package --locked\ncp target/package/*.crate ${FOLDER}`;
    case 'nuget':
      return `dotnet pack --configuration Release --output ${FOLDER}`;
    case 'rubygems':
      return `gem build ${gemspecOf(stack)}\ncp ./*.gem ${FOLDER}`;
  }
}

/** The file that names the gem, since a folder may have several. */
function gemspecOf({ name }: Stack): string {
  const path = isKnown(name)
    ? name.sources.flatMap((source) => (source.kind === 'file' ? [source.path] : []))[0]
    : null;
  return shellWord(path?.endsWith('.gemspec') ? path.slice(path.lastIndexOf('/') + 1) : '*.gemspec');
}

/** The job that says where the packages came from, and one that publishes each. */
export function publishJobs(context: CheckContext, plan: PublishingPlan): JobSpec[] {
  return [
    provenanceJob('Attest the packages', onTag(plan), { take: takePackages(), subject: 'packages/*' }),
    ...plan.packages.map((item) => publishJob(context, plan, item)),
  ];
}

function publishJob(context: CheckContext, plan: PublishingPlan, item: PublishedPackage): JobSpec {
  const way = WAYS[item.kind];
  const takesAttestedFile = item.kind !== 'crates';
  return {
    id: item.jobId,
    name: `Publish to ${way.label}`,
    needs: ['build', 'provenance'],
    if: onTag(plan),
    environment: { name: item.environment },
    // One version after the other, and each tag in a group of its own: one that waits for its approval holds up no other.
    concurrencyGroup: expression(`publish-${item.environment}-\${{ github.ref }}`),
    permissions: { contents: 'read', 'id-token': 'write', attestations: 'read' },
    timeoutMinutes: 30,
    env: { PACKAGE: item.name, PREFIX: plan.tagPrefix },
    steps: [
      checkout(),
      {
        name: `Check that the tag is on ${context.plan.branch}`,
        env: { GH_TOKEN: expression('${{ github.token }}'), BRANCH: context.plan.branch },
        run: [
          'status="$(gh api "repos/$GITHUB_REPOSITORY/compare/$BRANCH...$GITHUB_SHA" --jq .status)"',
          'if [ "$status" != identical ] && [ "$status" != behind ]; then',
          '  echo "::error::$GITHUB_REF_NAME names a commit that is not on $BRANCH: nobody reviewed it there"',
          '  exit 1',
          'fi',
        ].join('\n'),
      },
      ...(takesAttestedFile
        ? [
            takePackages(),
            {
              name: 'Check where the build came from',
              env: { GH_TOKEN: expression('${{ github.token }}') },
              run: `for package in ${FOLDER}/*; do\n  gh attestation verify "$package" --repo "$GITHUB_REPOSITORY"\ndone`,
            },
          ]
        : []),
      ...publishSteps(context, item),
      {
        name: 'Check that it is there',
        run: ['version="${GITHUB_REF_NAME#"$PREFIX"}"', `curl ${CURL} ${ADDRESS[item.kind]}`].join('\n'),
      },
    ],
  };
}

const CURL =
  '--fail --silent --show-error --output /dev/null --max-time 10 --retry 30 --retry-delay 10 --retry-all-errors';

/** Where a registry tells of one version; the shell puts name and version in. */
const ADDRESS: Readonly<Record<PublishedKind, string>> = {
  npm: '"https://registry.npmjs.org/${PACKAGE/\\//%2f}/$version"',
  pypi: '"https://pypi.org/pypi/$PACKAGE/$version/json"',
  crates: '"https://crates.io/api/v1/crates/$PACKAGE/$version"',
  nuget: '"https://api.nuget.org/v3-flatcontainer/${PACKAGE,,}/${version,,}/${PACKAGE,,}.nuspec"',
  rubygems: '"https://rubygems.org/api/v2/rubygems/$PACKAGE/versions/$version.json"',
  'vscode-marketplace':
    '"https://marketplace.visualstudio.com/_apis/public/gallery/publishers/${PACKAGE%%.*}/vsextensions/${PACKAGE#*.}/$version/vspackage"',
};

function takePackages(): StepSpec {
  return {
    name: 'Take the packages',
    uses: useAction('actions/download-artifact'),
    with: { name: ARTIFACT, path: expression('${{ runner.temp }}/packages') },
  };
}

/** What logs in and publishes; each login is for this job only. */
function publishSteps(context: CheckContext, { kind, stack }: PublishedPackage): StepSpec[] {
  switch (kind) {
    case 'npm':
      return [
        {
          // Trusted publishing needs npm 11.5.1, which comes with Node 24: docs.npmjs.com/trusted-publishers.
          name: 'Set up Node',
          uses: useAction('actions/setup-node'),
          with: {
            'node-version': '24',
            'registry-url': 'https://registry.npmjs.org',
            'package-manager-cache': 'false',
          },
        },
        { name: 'Publish', run: 'npm publish "$RUNNER_TEMP"/packages/*.tgz --access public' },
      ];
    case 'pypi':
      return [
        {
          name: 'Publish',
          uses: useAction('pypa/gh-action-pypi-publish'),
          with: { 'packages-dir': expression('${{ runner.temp }}/packages') },
        },
      ];
    case 'crates':
      return [
        ...setupOf(context, stack),
        { name: 'Log in to crates.io', id: 'login', uses: useAction('rust-lang/crates-io-auth-action') },
        inFolder(stack, {
          name: 'Publish',
          env: { CARGO_REGISTRY_TOKEN: expression('${{ steps.login.outputs.token }}') },
          run: 'cargo publish --locked',
        }),
      ];
    case 'nuget':
      return [
        ...setupOf(context, stack),
        {
          name: 'Log in to NuGet',
          id: 'login',
          uses: useAction('NuGet/login'),
          with: { user: expression('${{ vars.NUGET_USER }}') },
        },
        {
          name: 'Publish',
          env: { NUGET_API_KEY: expression('${{ steps.login.outputs.NUGET_API_KEY }}') },
          run: 'dotnet nuget push "$RUNNER_TEMP/packages/*.nupkg" --source https://api.nuget.org/v3/index.json --api-key "$NUGET_API_KEY"',
        },
      ];
    case 'rubygems':
      return [
        {
          // Nothing of the repository is installed or run beside the login.
          name: 'Set up Ruby',
          uses: useAction('ruby/setup-ruby'),
          with: { 'ruby-version': '3.4' },
        },
        { name: 'Log in to RubyGems.org', uses: useAction('rubygems/configure-rubygems-credentials') },
        { name: 'Publish', run: 'gem push "$RUNNER_TEMP"/packages/*.gem' },
      ];
    case 'vscode-marketplace':
      return [
        ...setupOf(context, stack),
        {
          name: 'Log in to Azure',
          uses: useAction('azure/login'),
          with: {
            'client-id': expression('${{ vars.AZURE_CLIENT_ID }}'),
            'tenant-id': expression('${{ vars.AZURE_TENANT_ID }}'),
            'allow-no-subscriptions': 'true',
          },
        },
        {
          name: 'Publish',
          run: 'npx --no-install vsce publish --azure-credential --packagePath "$RUNNER_TEMP"/packages/*.vsix',
        },
      ];
  }
}

function setupOf(context: CheckContext, stack: Stack): StepSpec[] {
  const unit = context.plan.units.find(({ stacks }) => stacks.includes(stack));
  return unit ? setup(unit, context.paths, false, context.notes) : [];
}

/** The build of what is published: every unit built once, then packed. */
export function packagingJob(context: CheckContext, plan: PublishingPlan, needs: readonly string[]): JobSpec {
  const units = context.plan.units.filter(
    (unit) =>
      plan.packages.some(({ stack }) => unit.stacks.includes(stack)) ||
      phaseSteps(context, unit, 'build').length > 0,
  );
  return {
    id: 'build',
    name: 'Build and package',
    comment:
      'Built once: what is published are the packages of this job, and no other job builds them again.',
    needs,
    permissions: { contents: 'read' },
    timeoutMinutes: 30,
    steps: [
      checkout(),
      ...units.flatMap((unit) => labelledBuildSteps(context, unit)),
      ...packSteps(plan, context.plan.settings.retentionDays),
    ],
  };
}

/** What a person sets up for what is published, and how they take a version back. */
export function publishingSetup(
  profile: RepositoryProfile,
  plan: PublishingPlan,
  workflow: string,
): readonly SetupStep[] {
  const repository = repositoryPath(isKnown(profile.remote) ? profile.remote.value : null);
  const reviewers = reviewersIn(
    profile.owners.map((owner) => owner.value).filter((owner) => owner.startsWith('@')),
  ).slice(0, 1);
  return plan.packages.flatMap(({ kind, name, environment }): SetupStep[] => {
    const way = WAYS[kind];
    const back = way.takeBack(name);
    return [
      {
        title: `Protect the environment ${environment}`,
        why: `Without it nobody is asked before a package goes out to ${way.label}; only tags that begin with \`${plan.tagPrefix}\` reach it.`,
        command: environmentCommand(
          environmentPolicy({ name: environment, isProduction: true }, reviewers, [
            { type: 'tag', pattern: `${plan.tagPrefix}*` },
          ]),
          repository,
          null,
        ),
      },
      {
        title: `Let ${way.label} trust this repository`,
        why: `${way.trust(name)} Workflow ${workflow}, environment ${environment}.`,
        command: null,
      },
      { title: `Know how a version of ${way.label} is taken back`, why: back.why, command: back.command },
    ];
  });
}
