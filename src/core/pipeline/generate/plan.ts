import {
  isProductionName,
  orderEnvironments,
  type KnownEnvironments,
} from '../../evidence/detect/environments';
import { isPlainText } from '../../evidence/detect/shell-text';
import { APPROVAL } from '../../evidence/detect/workflow-facts';
import { isKnown, type Unknown } from '../../evidence/fact';
import { GHCR, namedImages, type ImageRegistry } from './registry';
import type { PipelineSettings } from '../../evidence/pipeline-settings';
import type { DeployTarget, Environment, RepositoryProfile, Stack } from '../../evidence/profile';
import { NOTHING_PUBLISHED, planPublishing, type PublishingPlan } from './publish-plan';

/** What generation is told besides the profile. */
export interface GenerateRequest {
  readonly profile: RepositoryProfile;
  /** Every file of the repository. */
  readonly paths: ReadonlySet<string>;
  /** Dockerfiles that copy what the build writes, so that the image needs the build's artifact. */
  readonly imagesOfArtifact: ReadonlySet<string>;
  /** Names as a person gave them, separated by commas or blanks; '' for none. */
  readonly environments: string;
  readonly known: KnownEnvironments;
  readonly settings: PipelineSettings;
}

/** Stacks whose dependencies are installed together: a workspace with its members, or one stack. */
export interface Unit {
  /** For job ids; '' where there is only one unit. */
  readonly suffix: string;
  /** For job names: ` (apps/web)`, or ''. */
  readonly label: string;
  readonly root: Stack;
  /** The root first. */
  readonly stacks: readonly Stack[];
}

/** One image that the pipeline builds. */
export interface ImagePlan {
  readonly jobId: string;
  readonly dockerfile: string;
  /** The folder of the Dockerfile, '.' for the root. */
  readonly context: string;
  /** `ghcr.io/owner/name` in lower case, or as files of the repository name it; null where only the run knows it. */
  readonly name: string | null;
  readonly registry: ImageRegistry;
  /** Behind the repository's name: `/worker` for a Dockerfile in a folder of that name, or ''. */
  readonly nameSuffix: string;
  readonly needsArtifact: boolean;
}

/** Everything that is decided before a line is written. */
export interface PipelinePlan {
  readonly branch: string;
  readonly units: readonly Unit[];
  readonly images: readonly ImagePlan[];
  /** The build's artifact: paths it writes, or the sources themselves where nothing is built; null for none. */
  readonly artifact:
    { readonly kind: 'outputs'; readonly paths: readonly string[] } | { readonly kind: 'source' } | null;
  readonly target: DeployTarget | null;
  /** Whether the target is given what the build leaves; others take their own files from the repository. */
  readonly takesPackage: boolean;
  /** Whether anything is deployed at all: a library is not. */
  readonly isDeployed: boolean;
  /** What is published when a tag names its version. */
  readonly publishing: PublishingPlan;
  readonly environments: readonly Environment[];
  readonly settings: PipelineSettings;
  readonly notes: readonly string[];
  readonly unknowns: readonly Unknown[];
}

/** How surely a kind of target is the way in which the repository itself deploys, best first. */
const TARGET_ORDER: readonly DeployTarget['kind'][] = [
  'script',
  'argo-cd',
  'helm',
  'kustomize',
  'kubernetes',
  'ecs',
  'cloud-run',
  'lambda',
  'app-service',
  'azure-functions',
  'fly',
  'heroku',
  'vercel',
  'netlify',
  'cloudflare-workers',
  'cloudflare-pages',
  'compose',
  'ssh',
  'other',
  'terraform',
];

/** Decides what the pipeline does for a repository. Pure. */
export function planPipeline(request: GenerateRequest): PipelinePlan {
  const { profile } = request;
  const notes: string[] = [];
  const unknowns: Unknown[] = [];
  const stacks = profile.stacks.filter((stack) => {
    const isSafe = [
      stack.folder,
      stack.manifest.value,
      ...(stack.workspaceRoot !== undefined ? [stack.workspaceRoot] : []),
    ].every(isPlainText);
    if (!isSafe)
      notes.push('A folder was left out: its name holds characters that must not stand in a workflow.');
    return isSafe;
  });
  for (const stack of stacks) {
    const isRoot = stacks.some((other) => other.workspaceRoot === stack.folder);
    if (Object.keys(stack.commands).length === 0 && !isRoot) {
      notes.push(
        `${stack.manifest.value} defines no command that a pipeline could run, so nothing checks it.`,
      );
    }
  }
  const units = unitsOf(stacks);
  const images = imagesOf(request);
  const targets = [...profile.deployTargets].sort(
    (a, b) => TARGET_ORDER.indexOf(a.kind) - TARGET_ORDER.indexOf(b.kind),
  );
  const target = targets.find((other) => isPlainText(other.path.value)) ?? null;
  for (const other of targets) {
    if (other === target || (target !== null && isDeployedWith(target.kind, other.kind))) continue;
    notes.push(
      other.kind === 'terraform'
        ? `Infrastructure in ${other.path.value} is not applied by this pipeline: it deploys the application only.`
        : `${other.path.value} (${other.kind}) is not deployed: the pipeline uses ${target?.path.value ?? 'no target'}.`,
    );
  }
  for (const { path, kind } of target === null ? profile.possibleTargets : []) {
    notes.push(
      `${path.value} may mean a deployment on ${kind}, which is too little to deploy by: if it is, say so under \`profile: deploy: target\` in .github/release-gate.yml.`,
    );
  }
  const extensions = new Set(
    (profile.registries ?? [])
      .filter(({ value }) => value.kind === 'vscode-marketplace')
      .map(({ value }) => value.folder),
  );
  const isLibrary =
    images.length === 0 &&
    target === null &&
    units.length > 0 &&
    units.every((unit) => unit.stacks.some((stack) => stack.isPublished || extensions.has(stack.folder)));
  const isToldNot = isKnown(profile.isDeployed) && !profile.isDeployed.value;
  const isDeployed = !isLibrary && !isToldNot && (units.length > 0 || images.length > 0 || target !== null);
  const publishing = isLibrary ? planPublishing(profile, units) : NOTHING_PUBLISHED;
  notes.push(...publishing.notes);
  if (isLibrary) {
    notes.push(
      publishing.packages.length > 0
        ? `Nothing here is deployed: others install it. A tag that begins with \`${publishing.tagPrefix}\` publishes what that run built; no check takes anything from a cache, which others could fill.`
        : 'Nothing here is deployed: the repository is a package that others install, so the pipeline ends with its build.',
    );
  }
  if (isDeployed && target === null) unknowns.push({ unknown: 'how this repository is deployed' });

  const outputs = units.flatMap((unit) =>
    unit.stacks.flatMap((stack) =>
      stack.commands.build
        ? (stack.outputs ?? []).map((output) =>
            stack.folder === '' ? output.value : `${stack.folder}/${output.value}`,
          )
        : [],
    ),
  );
  const isImage = images.length > 0;
  // Vercel builds by its own builder, and Terraform and Argo CD take files of the repository: no package reaches them.
  const takesPackage = target === null || !['vercel', 'terraform', 'argo-cd'].includes(target.kind);
  const takesOutputs = !isImage || images.some((image) => image.needsArtifact);
  const artifact: PipelinePlan['artifact'] = !takesPackage
    ? null
    : outputs.length > 0 && takesOutputs
      ? { kind: 'outputs', paths: outputs }
      : !isImage && isDeployed && units.every((unit) => unit.stacks.every((stack) => !stack.commands.build))
        ? { kind: 'source' }
        : null;
  for (const unit of units) {
    for (const stack of unit.stacks) {
      if (stack.commands.build && (stack.outputs ?? []).length === 0 && !isImage && takesPackage) {
        unknowns.push({ unknown: `folder that the build of ${stack.manifest.value} writes to` });
      }
    }
  }
  if (!isKnown(profile.defaultBranch))
    notes.push('The default branch is not known; the pipeline listens to `main`.');
  return {
    branch:
      isKnown(profile.defaultBranch) && isBranch(profile.defaultBranch.value)
        ? profile.defaultBranch.value
        : 'main',
    units,
    images,
    artifact,
    target,
    takesPackage,
    isDeployed,
    publishing,
    environments: isDeployed ? environmentsOf(request, notes) : [],
    settings: request.settings,
    notes,
    unknowns,
  };
}

/** The services of a fleet on ECS are deployed together, and Argo CD applies the manifests that its applications follow. */
function isDeployedWith(chosen: DeployTarget['kind'], other: DeployTarget['kind']): boolean {
  if (chosen === 'argo-cd') return ['argo-cd', 'kustomize', 'helm', 'kubernetes'].includes(other);
  return chosen === 'ecs' && other === 'ecs';
}

function unitsOf(all: readonly Stack[]): Unit[] {
  const groups = new Map<string, Stack[]>();
  for (const stack of all) {
    const key = `${stack.language} ${stack.workspaceRoot ?? stack.folder}`;
    groups.set(key, [...(groups.get(key) ?? []), stack]);
  }
  const useful = [...groups.values()].filter((members) =>
    members.some((stack) => Object.keys(stack.commands).length > 0),
  );
  const taken = new Set<string>();
  const labels = new Set<string>();
  return useful.flatMap((members) => {
    const root = members.find((stack) => stack.workspaceRoot === undefined) ?? members[0];
    if (!root) return [];
    const isOnly = useful.length === 1;
    const base = slug(root.folder === '' ? root.language : root.folder);
    let suffix = isOnly ? '' : `-${base}`;
    for (let number = 2; taken.has(suffix); number++) suffix = `-${base}-${number}`;
    taken.add(suffix);
    const sharesFolder = useful.some(
      (others) => others !== members && others.some((other) => other.folder === root.folder),
    );
    const place = root.folder === '' ? root.language : shortened(root.folder);
    const label = `${place}${sharesFolder && root.folder !== '' ? `, ${root.language}` : ''}`;
    // A ruleset requires checks by name, so that no two jobs may have the same.
    let own = label;
    for (let number = 2; labels.has(own); number++) own = `${label}, ${number}`;
    labels.add(own);
    return [
      {
        suffix,
        label: isOnly ? '' : ` (${own})`,
        root,
        stacks: [root, ...members.filter((stack) => stack !== root)],
      },
    ];
  });
}

/** The end of a long path, which tells it from its neighbours: GitHub cuts the name of a check after 100 characters. */
function shortened(path: string): string {
  return path.length > 60 ? `…${path.slice(-59)}` : path;
}

function imagesOf({ profile, imagesOfArtifact }: GenerateRequest): ImagePlan[] {
  const paths = profile.dockerfiles.map((file) => file.value).filter(isPlainText);
  const named = namedImages(profile);
  const repository =
    isKnown(profile.remote) && profile.remote.value.host === 'github.com'
      ? `ghcr.io/${profile.remote.value.owner}/${profile.remote.value.name}`.toLowerCase()
      : null;
  const taken = new Set<string>();
  return paths.map((dockerfile) => {
    const slash = dockerfile.lastIndexOf('/');
    const folder = slash < 0 ? '' : dockerfile.slice(0, slash);
    const variant = dockerfile
      .slice(slash + 1)
      .replace(/^(Dockerfile|Containerfile)\.?|\.[Dd]ockerfile$/g, '');
    const own = [folder, variant].filter((part) => part !== '').join('-');
    let id = paths.length === 1 ? '' : slug(own || 'root');
    for (let number = 2; taken.has(id); number++) id = `${slug(own || 'root')}-${number}`;
    taken.add(id);
    const nameSuffix = paths.length === 1 || own === '' ? '' : `/${id}`;
    const part = folder.split('/').at(-1) ?? '';
    const known =
      paths.length === 1
        ? named[0]
        : named.find(({ name }) => name.split('/').at(-1) === (part === '' ? undefined : part));
    return {
      jobId: id === '' ? 'image' : `image-${id}`,
      dockerfile,
      context: folder === '' ? '.' : folder,
      name: known?.name ?? (repository === null ? null : `${repository}${nameSuffix}`),
      registry: known?.registry ?? GHCR,
      nameSuffix,
      needsArtifact: imagesOfArtifact.has(dockerfile),
    };
  });
}

/** What a person said; else what the files name, with staging and production where they are missing. */
function environmentsOf(request: GenerateRequest, notes: string[]): Environment[] {
  const { known, profile } = request;
  const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name);
  const told = request.environments
    .split(/[,;\n]|->|→/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => (part.split(/\s+/).every(isName) ? part.split(/\s+/) : [part]));
  const names = told.filter(isName);
  if (names.length < told.length) {
    notes.push('An environment that was told is no name that GitHub takes, and was left out.');
  }
  if (names.length > 0) {
    return orderEnvironments(
      names.map((name) => ({ name, source: { kind: 'person', question: 'environments' } as const })),
      known,
    ).map((environment) => environment.value);
  }
  const found = profile.environments
    .map((environment) => environment.value)
    .filter((environment) => /^[\w.-]{1,100}$/.test(environment.name));
  const result: Environment[] = [...found];
  if (!result.some((environment) => !environment.isProduction)) {
    result.unshift({ name: 'staging', isProduction: isProductionName('staging', known) });
    notes.push('No file names an environment before production; `staging` is proposed and has to be set up.');
  }
  if (!result.some((environment) => environment.isProduction)) {
    const name = known.productionEnvironments[0] ?? 'production';
    result.push({ name, isProduction: true });
    notes.push(`No file names a production environment; \`${name}\` is proposed and has to be set up.`);
  }
  return result;
}

/** The environment whose reviewers are asked before a deployment to this one, which itself keeps variables and trust. */
export function approvalEnvironment(environment: Pick<Environment, 'name'>): string {
  return `${environment.name}${APPROVAL}`;
}

function isBranch(name: string): boolean {
  return /^[A-Za-z0-9][\w./-]{0,200}$/.test(name);
}

/** Lower-case letters, digits and dashes: an id of a job, or part of an image's name. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return plain === '' ? 'part' : plain;
}
