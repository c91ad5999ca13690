import { fact, factWith, fileSource, unknown, type Fact, type Source } from '../fact';
import { platforms } from '../platforms';
import type { ClusterKind, DeployTarget, DeployTool, PlatformValue } from '../profile';
import { clusterInScript } from './clusters';
import { isStageName } from './environments';
import { findLine, mapAt, readPlaced } from './places';
import { baseOf, folderOf, inFolder, type Reading } from './reading';

/** A file that is there for one platform only, and what of it names what runs there. */
interface HostingFile {
  readonly kind: DeployTarget['kind'];
  readonly file: RegExp;
  /** What its text has to hold, where other tools have a file of that name. */
  readonly holds?: RegExp;
  /** The lines that say what a parameter of the platform is here. */
  readonly values: readonly { readonly parameter: string; readonly line: RegExp }[];
  /** The line that names what runs, as `workloads` has it. */
  readonly name?: RegExp;
  readonly tool?: DeployTool;
  /** Files beside it that say more values: `samconfig.toml`. */
  readonly beside?: readonly string[];
  /** Said where other platforms read the same file: it is a possible target, and no more. */
  readonly isPossible?: true;
}

const AWS_REGION = /["']?region["']?\s*[:=]\s*["']?([a-z]{2}(?:-[a-z]+){1,2}-\d)["']?/;

const FILES: readonly HostingFile[] = [
  {
    kind: 'fly',
    file: /^fly(\.[\w-]+)?\.toml$/,
    values: [{ parameter: 'APP', line: /^\s*app\s*=\s*["']([a-z0-9-]{1,63})["']/ }],
  },
  { kind: 'vercel', file: /^vercel\.json$/, values: [] },
  { kind: 'netlify', file: /^netlify\.toml$/, values: [] },
  {
    kind: 'cloudflare-workers',
    file: /^wrangler\.(?:toml|jsonc?)$/,
    holds: /^(?![\s\S]*\bpages_build_output_dir\b)/,
    values: [],
    name: /^\s*"?name"?\s*[=:]\s*["']([a-z0-9][a-z0-9_-]{0,62})["']/,
  },
  {
    kind: 'cloudflare-pages',
    file: /^wrangler\.(?:toml|jsonc?)$/,
    // A file of Pages names the folder that is uploaded.
    holds: /\bpages_build_output_dir\b/,
    values: [],
    name: /^\s*"?name"?\s*[=:]\s*["']([a-z0-9][a-z0-9_-]{0,62})["']/,
  },
  { kind: 'heroku', file: /^heroku\.yml$/, values: [] },
  { kind: 'heroku', file: /^app\.json$/, holds: /"(?:formation|buildpacks)"\s*:/, values: [] },
  // Dokku, Scalingo, Railway, Foreman and others start what it says as well.
  {
    kind: 'heroku',
    file: /^Procfile$/,
    holds: /^(?:web|worker|release)\s*:/m,
    values: [],
    isPossible: true,
  },
  {
    kind: 'lambda',
    file: /^(?:template|sam)\.ya?ml$/,
    holds: /Transform:\s*["']?AWS::Serverless|AWS::Serverless::Function/,
    values: [
      { parameter: 'REGION', line: AWS_REGION },
      { parameter: 'STACK', line: /^\s*stack_name\s*=\s*["']([A-Za-z][A-Za-z0-9-]{0,127})["']/ },
    ],
    tool: 'sam',
    beside: ['samconfig.toml'],
  },
  {
    kind: 'lambda',
    file: /^serverless\.ya?ml$/,
    holds: /^\s*name:\s*["']?aws\b|^provider:\s*["']?aws\b/m,
    values: [{ parameter: 'REGION', line: AWS_REGION }],
    name: /^service:\s*["']?([A-Za-z][\w-]{0,100})["']?\s*(?:#.*)?$/,
    tool: 'serverless',
  },
  {
    kind: 'lambda',
    file: /^serverless\.(?:ts|js)$/,
    holds: /\bprovider\s*:\s*\{[^}]{0,400}\bname\s*:\s*["']aws["']/,
    values: [{ parameter: 'REGION', line: AWS_REGION }],
    tool: 'serverless',
  },
  {
    kind: 'azure-functions',
    file: /^host\.json$/,
    holds: /"version"\s*:\s*"[234]\.0"|"extensionBundle"|Microsoft\.Azure\.Functions\.ExtensionBundle/,
    values: [],
  },
  {
    kind: 'app-service',
    file: /^azure\.ya?ml$/,
    holds: /^\s*host:\s*["']?appservice\b/m,
    values: [],
    name: /^name:\s*["']?([a-z][\w-]{0,62})["']?/,
  },
  {
    kind: 'ssh',
    file: /^deploy(?:\.[\w-]+)?\.ya?ml$/,
    // Kamal's own file: a service, its image and the hosts.
    holds: /^(?=[\s\S]*^service:)(?=[\s\S]*^image:)(?=[\s\S]*^servers:)/m,
    values: [
      {
        parameter: 'DEPLOY_HOST',
        line: /^\s+-\s+["']?((?:\d{1,3}\.){3}\d{1,3}|[\w-]+(?:\.[\w-]+)+)["']?\s*$/,
      },
    ],
    name: /^service:\s*["']?([\w-]{1,63})["']?/,
    tool: 'kamal',
  },
  {
    kind: 'ssh',
    file: /^Capfile$/,
    holds: /^\s*require\s+["']capistrano\b/m,
    values: [{ parameter: 'DEPLOY_PATH', line: /^\s*set\s+:deploy_to,\s*["'](\/[\w./-]{1,200})["']/ }],
    tool: 'capistrano',
    beside: ['config/deploy.rb'],
  },
  {
    kind: 'ssh',
    file: /^deploy\.php$/,
    holds: /\bnamespace\s+Deployer\b|\brequire\s+["']recipe\//,
    values: [
      { parameter: 'DEPLOY_HOST', line: /\bhost\(\s*["']([\w.@-]{1,200})["']/ },
      { parameter: 'DEPLOY_PATH', line: /["']deploy_path["']\s*,\s*["']([\w./~-]{1,200})["']/ },
    ],
    tool: 'deployer',
  },
];

/** More files of one platform than this are a collection of examples. */
const MAX_FILES = 10;

/** Targets on hosting platforms that keep a file of their own in the repository. */
export interface HostingFacts {
  readonly targets: readonly DeployTarget[];
  /** Those whose file is read by other platforms as well, or that no file says enough of. */
  readonly possible: readonly DeployTarget[];
  /** Managed clusters that Cloud Build logs in to. */
  readonly clusters: readonly Fact<ClusterKind>[];
  /** Environments that have a file of their own: `fly.staging.toml`. */
  readonly environments: readonly { readonly name: string; readonly source: Source }[];
}

/** Reads the files of hosting platforms, CDK apps, Cloud Build steps and Ansible playbooks. */
export async function readHosting(reading: Reading): Promise<HostingFacts> {
  const targets: DeployTarget[] = [];
  const possible: DeployTarget[] = [];
  for (const shape of FILES) {
    const paths = reading.paths
      // A workflow may be called like a platform's own file: `.github/workflows/heroku.yml`.
      .filter((path) => shape.file.test(baseOf(path)) && !path.startsWith('.github/'))
      .slice(0, MAX_FILES);
    for (const path of paths) {
      if (shape.tool === 'kamal' && !/(^|\/)config\/[^/]+$/.test(path)) continue;
      const text = await reading.text(path);
      if (text === null || (shape.holds && !shape.holds.test(text))) continue;
      const target = await targetOf(reading, shape, path, text);
      if (shape.isPossible === true) possible.push(target);
      else targets.push(target);
    }
  }
  const fly = flyOfEnvironments(targets);
  const ansible = await ansibleTarget(reading);
  const clusters: Fact<ClusterKind>[] = [];
  for (const path of reading.paths.filter(isCloudBuild)) {
    const text = await reading.text(path);
    if (text !== null) clusters.push(...clusterInScript(path, text));
  }
  return {
    clusters,
    environments: fly.environments,
    targets: [...fly.targets, ...(await cdkTargets(reading)), ...(await cloudBuildTargets(reading))],
    // What a file of the platform's own says needs no second, thinner word.
    possible: [...possible, ...(ansible ? [ansible] : [])].filter(
      ({ kind }) => !targets.some((other) => other.kind === kind),
    ),
  };
}

/**
 * One app with a file for each environment (`fly.staging.toml` beside `fly.toml`) is one target: each environment's file says
 * its values. Other files beside it (`fly.worker.toml`) are apps of their own.
 */
function flyOfEnvironments(all: readonly DeployTarget[]): Pick<HostingFacts, 'targets' | 'environments'> {
  const environments: { name: string; source: Source }[] = [];
  const stages = new Map<DeployTarget, string>();
  for (const target of all) {
    const stage =
      target.kind === 'fly' ? /^fly\.([\w-]+)\.toml$/.exec(baseOf(target.path.value))?.[1] : undefined;
    if (stage === undefined || !isStageName(stage)) continue;
    stages.set(target, stage);
    environments.push({ name: stage, source: target.path.sources[0] ?? fileSource(target.path.value) });
  }
  const placed = all.map((target) => {
    const stage = stages.get(target);
    const values = target.values?.map((each) => ({
      ...each,
      value: { ...each.value, environment: stage ?? each.value.environment },
    }));
    return { target, stage, values: values ?? [] };
  });
  const folderOfTarget = ({ target }: { readonly target: DeployTarget }): string =>
    folderOf(target.path.value);
  const isBase = ({ target }: { readonly target: DeployTarget }): boolean =>
    baseOf(target.path.value) === 'fly.toml';
  const targets = placed.flatMap((each): DeployTarget[] => {
    const family = placed.filter(
      (other) =>
        (other.stage !== undefined || isBase(other)) && folderOfTarget(other) === folderOfTarget(each),
    );
    if (each.target.kind !== 'fly' || !family.includes(each)) return [each.target];
    // `fly.toml` stands for all of them, else the first.
    const head = family.find(isBase) ?? family[0];
    if (head !== each) return [];
    const values = family.flatMap((other) => other.values);
    return [{ ...each.target, ...(values.length > 0 ? { values } : {}) }];
  });
  return { targets, environments };
}

async function targetOf(
  reading: Reading,
  shape: HostingFile,
  path: string,
  text: string,
): Promise<DeployTarget> {
  const name = shape.name ? findLine(text, shape.name) : null;
  const texts: (readonly [string, string])[] = [[path, text]];
  for (const file of shape.beside ?? []) {
    const other = inFolder(folderOf(path), file);
    const found = reading.has(other) ? await reading.text(other) : null;
    if (found !== null) texts.push([other, found]);
  }
  const values = shape.values.flatMap(({ parameter, line }): Fact<PlatformValue>[] => {
    for (const [file, content] of texts) {
      const found = findLine(content, line);
      if (found?.match[1] === undefined) continue;
      return [fact({ parameter, value: found.match[1], environment: null }, fileSource(file, found.range))];
    }
    return [];
  });
  const here = fileSource(path, name?.range ?? null);
  const workload = name?.match[1];
  const target: DeployTarget = {
    kind: shape.kind,
    path: factWith(shape.isPossible === true ? 'weak' : 'strong', path, here),
    deployCommand: unknown(`how ${path} is deployed: no script and no manifest says it`),
    rollbackCommand: unknown(`command that takes ${path} back`),
    ...(workload === undefined
      ? {}
      : {
          workloads: [
            fact({ kind: shape.kind, name: workload, namespace: null, container: null, image: null }, here),
          ],
        }),
    ...(shape.tool === undefined ? {} : { tool: fact(shape.tool, here) }),
    ...(values.length > 0 ? { values } : {}),
  };
  return { ...target, rollbackCommand: undoCommand(target, here) };
}

/** What of a CDK app's sources says what it makes, by the module that they import. */
const CDK_MODULES: readonly (readonly [RegExp, DeployTarget['kind']])[] = [
  [/\baws[-_]ecs(?:[-_]patterns)?\b|\bAWS\.ECS\b|\bawsecs\b/, 'ecs'],
  [/\baws[-_]lambda(?:[-_]\w+)?\b|\bAWS\.Lambda\b|\bawslambda\b/, 'lambda'],
];

const CDK_SOURCES = /\.(?:ts|mts|js|mjs|py|java|cs|go)$/;

/** A CDK app (`cdk.json`) deploys whatever its sources make: a function, a service, or infrastructure alone. */
async function cdkTargets(reading: Reading): Promise<DeployTarget[]> {
  const targets: DeployTarget[] = [];
  for (const path of reading.paths.filter((other) => baseOf(other) === 'cdk.json').slice(0, MAX_FILES)) {
    const text = await reading.text(path);
    const app = text === null ? null : findLine(text, /"app"\s*:\s*"/);
    if (text === null || !app) continue;
    const folder = folderOf(path);
    const sources = reading.paths
      .filter(
        (other) =>
          CDK_SOURCES.test(other) &&
          !/\.(?:test|spec|d)\.[mc]?[jt]s$|(^|\/)(?:tests?|cdk\.out)\//.test(other) &&
          (folderOf(other) === folder ||
            /(^|\/)(?:lib|bin|stacks?|infra|src|cdk)(\/|$)/.test(folderOf(other))) &&
          (folder === '' || other.startsWith(`${folder}/`)),
      )
      .slice(0, 60);
    let made: { readonly kind: DeployTarget['kind']; readonly source: Source } | null = null;
    for (const [pattern, kind] of CDK_MODULES) {
      for (const source of made ? [] : sources) {
        const content = await reading.text(source);
        if (content === null || !/cdk/i.test(content)) continue;
        const found = findLine(content, pattern);
        if (found) {
          made = { kind, source: fileSource(source, found.range) };
          break;
        }
      }
    }
    const here = fileSource(path, app.range);
    targets.push({
      kind: made?.kind ?? 'other',
      path: fact(path, here, ...(made ? [made.source] : [])),
      deployCommand: unknown(`stacks of ${path} that a release deploys`),
      rollbackCommand: unknown(`command that takes back what ${path} deploys`),
      tool: fact('cdk', here),
    });
  }
  return targets;
}

/** `gcloud run deploy NAME … --region R` in the steps of Cloud Build, in whichever form its arguments are written. */
async function cloudBuildTargets(reading: Reading): Promise<DeployTarget[]> {
  const targets: DeployTarget[] = [];
  for (const path of reading.paths.filter(isCloudBuild)) {
    const text = await reading.text(path);
    if (text === null) continue;
    // Lists in brackets, lists of lines and shell text come down to the same words.
    const words = text
      .replace(/#[^\n]*/g, '')
      .split(/[\s,[\]"']+/)
      .filter((word) => word !== '' && word !== '-');
    const at = words.findIndex((word, index) => word === 'run' && words[index + 1] === 'deploy');
    if (at < 0) continue;
    const here = fileSource(path, findLine(text, /\bdeploy\b/)?.range ?? null);
    // `$_SERVICE` is what `substitutions:` says, unless the trigger says otherwise.
    const read = readPlaced(text);
    const substitutions = mapAt(read.ok ? read.documents[0]?.data : null, ['substitutions']);
    const literal = (word: string | undefined): string | undefined => {
      const name = /^\$\{?(_[A-Z0-9_]{1,60})\}?$/.exec(word ?? '')?.[1];
      const value = name === undefined ? word : substitutions[name];
      return typeof value === 'string' ? value : undefined;
    };
    const service = literal(words[at + 2]);
    const region = words.slice(at).flatMap((word, index) => {
      const given = /^--region(?:=(.+))?$/.exec(word);
      const value = given ? literal(given[1] ?? words[at + index + 1]) : undefined;
      return value !== undefined && /^[a-z]+-[a-z]+\d+$/.test(value) ? [value] : [];
    })[0];
    const isName = service !== undefined && /^[a-z][a-z0-9-]{0,62}$/.test(service);
    targets.push({
      kind: 'cloud-run',
      path: fact(path, here),
      deployCommand: unknown(`how it is deployed without Cloud Build (${path})`),
      rollbackCommand: unknown(`region and project of the Cloud Run service in ${path}`),
      ...(isName
        ? {
            workloads: [
              fact({ kind: 'Service', name: service, namespace: null, container: null, image: null }, here),
            ],
          }
        : {}),
      ...(region !== undefined
        ? { values: [fact({ parameter: 'REGION', value: region, environment: null }, here)] }
        : {}),
    });
  }
  return targets;
}

function isCloudBuild(path: string): boolean {
  return /^cloudbuild(?:[.-][\w-]+)?\.ya?ml$/.test(baseOf(path));
}

/** A playbook with an inventory of hosts: a machine is set up with it, and perhaps a release put there. */
async function ansibleTarget(reading: Reading): Promise<DeployTarget | null> {
  const playbooks = reading.paths
    .filter(
      (path) =>
        /\.ya?ml$/.test(path) &&
        (/(^|\/)(?:ansible|playbooks)\/[^/]+$/.test(path) ||
          /^(?:playbook|site|deploy|provision)\.ya?ml$/.test(baseOf(path))),
    )
    .slice(0, 40);
  for (const path of playbooks) {
    const text = await reading.text(path);
    const hosts = text === null ? null : findLine(text, /^\s*-?\s*hosts:\s*["']?([\w.:-]{1,100})["']?/);
    if (text === null || !hosts || !/^\s*(?:tasks|roles):/m.test(text)) continue;
    const here = fileSource(path, hosts.range);
    return {
      kind: 'ssh',
      path: factWith('weak', path, here),
      deployCommand: unknown(`inventory with which ${path} is played`),
      rollbackCommand: unknown(`command that takes back what ${path} sets up`),
      tool: fact('ansible', here),
    };
  }
  return null;
}

/** The platform's own command that goes back, as the table of platforms has it. */
export function undoCommand(
  target: DeployTarget,
  ...sources: readonly Source[]
): DeployTarget['rollbackCommand'] {
  const { undo } = platforms[target.kind].procedure(target);
  return undo === null ? target.rollbackCommand : fact(undo, ...sources);
}
