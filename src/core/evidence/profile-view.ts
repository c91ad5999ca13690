import { counted } from '../text/words';
import { confidenceOf, isKnown, type Confidence, type Fact, type Known, type Source } from './fact';
import { platforms } from './platforms';
import {
  LANGUAGE_NAMES,
  PIPELINE_PHASES,
  type DeployTarget,
  type RepositoryProfile,
  type Stack,
  type Workspace,
} from './profile';

/** How a row is corrected: where the correction stands below `profile:` of the configuration, and what it takes. */
export interface RowCorrection {
  /** Keys from `profile` on: `['deploy', 'command']`. */
  readonly at: readonly string[];
  readonly takes: 'text' | 'list' | 'flag' | 'environments';
  /** The words that it takes, where these are all. */
  readonly choices?: readonly string[];
  /** Whether "none" says that nothing of it is there. */
  readonly canBeNone: boolean;
  /** What to write, in a sentence without a full stop. */
  readonly hint: string;
}

/** One fact of a profile, or one thing that it does not know, as every face shows it. */
export interface ProfileRow {
  readonly section: string;
  readonly label: string;
  /** Null where nothing tells it: `needed` says what would. */
  readonly value: string | null;
  readonly needed: string;
  /** Null for what is not known. */
  readonly confidence: Confidence | null;
  readonly sources: readonly Source[];
  /** Null where the configuration cannot say it. */
  readonly correction: RowCorrection | null;
}

/** Kinds of targets as a person chooses among them, the usual ones first. */
const KINDS = Object.keys(platforms).filter((kind) => kind !== 'other');

const PHASES_THAT_MATTER: readonly string[] = ['lint', 'unit', 'build'];

/** The profile as rows, in the order in which a person reads them. */
export function profileRows(profile: RepositoryProfile): readonly ProfileRow[] {
  return [
    ...repositoryRows(profile),
    ...profile.stacks.slice(0, MAX_STACKS).flatMap(stackRows),
    ...more('Repository', 'More manifests', profile.stacks.slice(MAX_STACKS), ({ manifest }) => manifest),
    ...profile.workspaces.map((workspace) =>
      shown('Workspaces', workspace.value.tool, workspace, workspaceText),
    ),
    ...artifactRows(profile),
    ...deploymentRows(profile),
    ...environmentRows(profile),
    ...workflowRows(profile),
    ...otherRows(profile),
  ];
}

/** More stacks, targets and workflows than a person reads are counted; the typed profile has them all. */
const MAX_STACKS = 40;
const MAX_TARGETS = 20;
const MAX_WORKFLOWS = 60;

function more<T>(
  section: string,
  label: string,
  left: readonly T[],
  factOf: (item: T) => Fact<unknown>,
): ProfileRow[] {
  const [first] = left;
  return first === undefined
    ? []
    : [
        row(section, label, {
          value: `${left.length} more, not listed here`,
          sources: factOf(first).sources,
        }),
      ];
}

/** What the profile does not know, and what it knows too thinly to act on. */
export function profileQuestions(rows: readonly ProfileRow[]): readonly ProfileRow[] {
  return rows.filter(({ value, confidence }) => value === null || confidence === 'weak');
}

function row(
  section: string,
  label: string,
  known: Known<string>,
  correction: RowCorrection | null = null,
): ProfileRow {
  return isKnown(known)
    ? {
        section,
        label,
        value: known.value,
        needed: '',
        confidence: confidenceOf(known),
        sources: known.sources,
        correction,
      }
    : { section, label, value: null, needed: known.unknown, confidence: null, sources: [], correction };
}

/** A fact of another type than text, by the words for it. */
function shown<T>(
  section: string,
  label: string,
  found: Fact<T>,
  words: (value: T) => string,
  correction: RowCorrection | null = null,
): ProfileRow {
  return row(section, label, { ...found, value: words(found.value) }, correction);
}

function mapped<T>(known: Known<T>, words: (value: T) => string): Known<string> {
  return isKnown(known) ? { ...known, value: words(known.value) } : known;
}

function text(at: readonly string[], hint: string, canBeNone = false): RowCorrection {
  return { at, takes: 'text', canBeNone, hint };
}

function repositoryRows(profile: RepositoryProfile): ProfileRow[] {
  const section = 'Repository';
  return [
    row(section, 'Service', profile.service, text(['service'], 'What people call the service')),
    row(
      section,
      'Remote',
      mapped(profile.remote, ({ host, owner, name }) => `${host}/${owner}/${name}`),
    ),
    row(
      section,
      'Default branch',
      profile.defaultBranch,
      text(['default-branch'], 'The branch that releases come from'),
    ),
    row(
      section,
      'Versioning',
      mapped(profile.versioning, ({ scheme, tool, tagPrefix }) =>
        [
          `${scheme}, ${tool === null ? 'set by hand' : `set by ${tool}`}`,
          ...(tagPrefix ? [`tags begin with ${tagPrefix}`] : []),
        ].join('; '),
      ),
      {
        at: ['versioning', 'scheme'],
        takes: 'text',
        choices: ['semantic', 'calendar', 'other'],
        canBeNone: false,
        hint: 'In which scheme versions are given',
      },
    ),
  ];
}

function stackRows(stack: Stack): ProfileRow[] {
  const manifest = stack.manifest.value;
  const section = `${LANGUAGE_NAMES[stack.language]}: ${manifest}`;
  const at = (...keys: readonly string[]): readonly string[] => ['stacks', manifest, ...keys];
  const phases = PIPELINE_PHASES.flatMap((phase): ProfileRow[] => {
    const correction: RowCorrection = {
      at: at('commands', phase),
      takes: 'list',
      canBeNone: true,
      hint: `The command, run in ${stack.folder || 'the root'}; several are separated by " ;; "`,
    };
    const commands = stack.commands[phase] ?? [];
    if (commands.length > 0) return commands.map((command) => row(section, phase, command, correction));
    return PHASES_THAT_MATTER.includes(phase)
      ? [row(section, phase, { unknown: `command of the phase ${phase}, or that there is none` }, correction)]
      : [];
  });
  const { coverage } = stack;
  // What a member of a workspace leaves open, its root says or is asked for.
  const isAsked = stack.workspaceRoot === undefined;
  const rows = [
    {
      ...row(
        section,
        'Manifest',
        {
          ...stack.manifest,
          value: [
            isKnown(stack.name) ? stack.name.value : manifest,
            ...(isKnown(stack.version) ? [stack.version.value] : []),
          ].join(' '),
        },
        {
          at: at(),
          takes: 'text',
          choices: ['none'],
          canBeNone: true,
          hint: 'none: it is no part of the product',
        },
      ),
    },
    row(
      section,
      'Package manager',
      stack.packageManager,
      text(at('package-manager'), 'npm, pnpm, poetry, gradle and their like'),
    ),
    row(section, 'Lock file', stack.lockFile ?? { unknown: `lock file of ${manifest}` }),
    row(
      section,
      'Language version',
      stack.languageVersion,
      text(at('language-version'), 'As a file would pin it'),
    ),
    shown(
      section,
      'Published',
      { ...stack.manifest, value: stack.isPublished, confidence: 'moderate' },
      (isPublished) => (isPublished ? 'to a package registry' : 'to no package registry'),
      {
        at: at('publish'),
        takes: 'flag',
        canBeNone: false,
        hint: 'Whether others install it from a registry',
      },
    ),
    ...phases,
    ...(coverage
      ? [
          row(
            section,
            'Coverage',
            mapped(coverage.command, (command) => `${coverage.tool.value}: ${command}`),
          ),
          row(
            section,
            'Coverage report',
            mapped(coverage.report, ({ path, format }) => `${path} (${format})`),
          ),
          ...(coverage.threshold
            ? [shown(section, 'Coverage asked for', coverage.threshold, (lines) => `${lines} % of lines`)]
            : []),
        ]
      : []),
    ...(stack.testReports ?? []).map((report) => row(section, 'JUnit report', report)),
    ...(stack.tools ?? []).map((tool) =>
      shown(section, 'Tool', tool, ({ name, does }) => `${name} (${does})`),
    ),
    ...(stack.outputs ?? []).map((output) =>
      row(section, 'Build writes', output, {
        at: at('outputs'),
        takes: 'list',
        canBeNone: true,
        hint: 'Paths or globs from its folder, separated by " ;; "',
      }),
    ),
  ];
  return isAsked ? rows : rows.filter(({ value }) => value !== null);
}

function workspaceText({ folder, members }: Workspace): string {
  const named = members.slice(0, 8).join(', ');
  const rest = members.length > 8 ? ` and ${members.length - 8} more` : '';
  return `${folder || 'the root'}: ${members.length === 0 ? 'members are not listed' : `${named}${rest}`}`;
}

function artifactRows(profile: RepositoryProfile): ProfileRow[] {
  const section = 'Artifacts';
  const image = text(['image'], 'Its name without tag, such as ghcr.io/acme/orders', true);
  const registries: RowCorrection = {
    at: ['registries'],
    takes: 'list',
    canBeNone: true,
    hint: 'npm, pypi and their like, or names of images, separated by " ;; "',
  };
  return [
    ...profile.dockerfiles.slice(0, MAX_TARGETS).map((file) => row(section, 'Dockerfile', file)),
    ...more(section, 'More Dockerfiles', profile.dockerfiles.slice(MAX_TARGETS), (file) => file),
    ...(profile.dockerfiles.length > 0 || isKnown(profile.image)
      ? [row(section, 'Image', profile.image, image)]
      : []),
    ...profile.registries
      .slice(0, MAX_TARGETS)
      .map((registry) =>
        shown(
          section,
          'Registry',
          registry,
          ({ kind, holds, address, name }) =>
            `${kind}${address === null ? '' : ` at ${address}`}, ${holds}${name === null ? '' : `: ${name}`}`,
          registries,
        ),
      ),
    ...more(section, 'More registries', profile.registries.slice(MAX_TARGETS), (registry) => registry),
  ];
}

function deploymentRows(profile: RepositoryProfile): ProfileRow[] {
  const section = 'Deployment';
  const target: RowCorrection = {
    at: ['deploy', 'target'],
    takes: 'text',
    choices: KINDS,
    canBeNone: false,
    hint: 'What it is deployed on, or by',
  };
  const isDeployed: RowCorrection = {
    at: ['deploy'],
    takes: 'text',
    choices: ['none'],
    canBeNone: true,
    hint: 'none: nothing here is deployed',
  };
  const smoke = text(
    ['deploy', 'smoke'],
    'The command that asks the deployed system, with ${BASE_URL} for its address',
    true,
  );
  const { deployTargets, possibleTargets } = profile;
  return [
    row(
      section,
      'Deployed',
      mapped(profile.isDeployed, (deployed) => (deployed ? 'yes' : 'no')),
      isDeployed,
    ),
    ...deployTargets.slice(0, MAX_TARGETS).flatMap((each, index) => targetRows(each, index === 0, target)),
    ...more(section, 'More targets', deployTargets.slice(MAX_TARGETS), ({ path }) => path),
    ...possibleTargets.map((each) => ({
      ...shown(section, 'Perhaps', each.path, (path) => `${titleOf(each)} (${path})`, target),
      needed: `whether it is deployed on ${titleOf(each)}`,
    })),
    // A library is published, which its registry says; whether it runs somewhere too is asked above.
    ...(deployTargets.length === 0 &&
    !(isKnown(profile.isDeployed) && !profile.isDeployed.value) &&
    !profile.registries.some(({ value }) => value.holds === 'packages')
      ? [row(section, 'Target', { unknown: 'what it is deployed on, or that nothing is' }, target)]
      : []),
    row(
      section,
      'Smoke test',
      profile.smokeTest ?? { unknown: 'command that asks the deployed system whether it works' },
      smoke,
    ),
  ].filter(
    // Of what is not known to be deployed nothing has to be asked yet.
    ({ label, value }) => value !== null || label !== 'Smoke test' || isSurelyDeployed(profile),
  );
}

function isSurelyDeployed({ isDeployed }: RepositoryProfile): boolean {
  return isKnown(isDeployed) && isDeployed.value;
}

function titleOf({ kind, tool }: DeployTarget): string {
  return `${kind === 'other' ? 'a means of its own' : kind}${tool ? ` by ${tool.value}` : ''}`;
}

/** The commands of the first target are those that a correction speaks of. */
function targetRows(each: DeployTarget, isFirst: boolean, correction: RowCorrection): ProfileRow[] {
  const section = 'Deployment';
  const own = (key: string, hint: string): RowCorrection | null =>
    isFirst ? text(['deploy', key], hint, true) : null;
  return [
    shown(section, 'Target', each.path, (path) => `${titleOf(each)} (${path})`, correction),
    ...(each.cluster ? [shown(section, 'Cluster', each.cluster, (cluster) => cluster)] : []),
    row(
      section,
      'Deploys by',
      each.deployCommand,
      own('command', 'The command that deploys, with ${ENV} and ${VERSION} for what varies'),
    ),
    row(section, 'Goes back by', each.rollbackCommand, own('rollback', 'The command that goes back')),
    ...(each.values ?? []).map((value) =>
      shown(
        section,
        value.value.parameter,
        value,
        ({ value: said, environment }) => `${said}${environment === null ? '' : ` in ${environment}`}`,
        isFirst
          ? text(['deploy', 'values', value.value.parameter], 'The name, as the platform has it')
          : null,
      ),
    ),
  ];
}

function environmentRows(profile: RepositoryProfile): ProfileRow[] {
  const section = 'Environments';
  const correction: RowCorrection = {
    at: ['environments'],
    takes: 'environments',
    canBeNone: true,
    hint: 'All names in order of promotion, with commas between; write "(production)" behind each that is production',
  };
  if (profile.environments.length === 0)
    return isSurelyDeployed(profile)
      ? [row(section, 'Names', { unknown: 'environments that a release passes' }, correction)]
      : [];
  return profile.environments.map((environment) =>
    shown(
      section,
      environment.value.name,
      environment,
      ({ isProduction }) => (isProduction ? 'production' : 'not production'),
      correction,
    ),
  );
}

function workflowRows({ workflows, workflowUses }: RepositoryProfile): ProfileRow[] {
  const section = 'Workflows';
  const rows = workflows.slice(0, MAX_WORKFLOWS).map((path) => {
    const use = workflowUses?.find((each) => each.path === path);
    if (!use) return row(section, path, { unknown: `what ${path} does: it cannot be read` });
    const does = use.does.map(({ value }) => value).join(', ') || 'nothing that is known';
    const places = use.does.flatMap(({ sources }) => sources.slice(0, 1));
    return row(section, path, {
      value: `${does}; on ${use.triggers.join(', ')}${use.environments.length > 0 ? `; in ${use.environments.join(', ')}` : ''}`,
      sources: places.length > 0 ? places : [{ kind: 'file', path, range: null }],
    });
  });
  return [
    ...rows,
    ...more(section, 'More workflows', workflows.slice(MAX_WORKFLOWS), (path) => ({
      value: path,
      sources: [{ kind: 'file', path, range: null }],
    })),
  ];
}

function otherRows(profile: RepositoryProfile): ProfileRow[] {
  return [
    ...profile.clouds.map((cloud) => row('Around it', 'Cloud', cloud)),
    ...profile.infrastructure.slice(0, 10).map((path) => row('Around it', 'Infrastructure', path)),
    ...(profile.migrationTools ?? []).map((tool) =>
      shown(
        'Around it',
        'Migrations',
        tool,
        ({ tool: name, folder }) => `${name} in ${folder || 'the root'}`,
      ),
    ),
    ...profile.operations
      .filter(({ value }) => value.kind === 'health')
      .map((link) => shown('Around it', 'Health', link, ({ name, target }) => `${target} (${name})`)),
  ];
}

/** How much is known, in one sentence. */
export function profileSummary(rows: readonly ProfileRow[], problems: number): string {
  const unknown = rows.filter(({ value }) => value === null).length;
  const weak = rows.filter(({ confidence }) => confidence === 'weak').length;
  return `${counted(rows.length - unknown, 'fact')}, ${counted(unknown, 'unknown')}${weak > 0 ? `, ${counted(weak, 'hint')}` : ''}${problems > 0 ? `, ${counted(problems, 'problem')}` : ''}.`;
}
