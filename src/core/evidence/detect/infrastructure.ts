import { fact, fileSource, unknown, type Fact, type Source } from '../fact';
import type {
  ClusterKind,
  DeployTarget,
  PlatformValue,
  RepositoryProfile,
  TerraformFolder,
} from '../profile';
import { clusterInTerraform } from './clusters';
import { imageName } from './containers';
import { isStageName } from './environments';
import { findLine, findLines } from './places';
import { baseOf, folderOf, inFolder, type Reading } from './reading';

/** What Terraform files and ECS task definitions say. */
export interface InfrastructureFacts {
  readonly targets: readonly DeployTarget[];
  readonly folders: readonly Fact<string>[];
  readonly environments: readonly { readonly name: string; readonly source: Source }[];
  readonly clouds: RepositoryProfile['clouds'];
  /** Managed clusters that Terraform files make. */
  readonly clusters: readonly Fact<ClusterKind>[];
}

/** Resources by which a provider runs an application. */
const CLOUD_RESOURCES: readonly (readonly [RegExp, 'aws' | 'azure' | 'google'])[] = [
  [/^\s*resource\s+"(aws_eks_cluster|aws_ecs_service|aws_ecs_cluster|aws_lambda_function)"/, 'aws'],
  [/^\s*resource\s+"(azurerm_kubernetes_cluster|azurerm_linux_web_app|azurerm_container_app)"/, 'azure'],
  [
    /^\s*resource\s+"(google_container_cluster|google_cloud_run_service|google_cloud_run_v2_service)"/,
    'google',
  ],
];

const MAX_TERRAFORM_FILES = 200;

/** Providers and backends by the cloud that they are logged in to. */
const CLOUD_OF: Readonly<Record<string, 'aws' | 'azure' | 'google'>> = {
  aws: 'aws',
  s3: 'aws',
  azurerm: 'azure',
  google: 'google',
  gcs: 'google',
};

/** Reads the providers and the backend of a folder, and whether its tests reach them. */
async function terraformFolder(reading: Reading, root: string): Promise<TerraformFolder> {
  const clouds = new Set<'aws' | 'azure' | 'google'>();
  const tests: boolean[] = [];
  for (const path of reading.paths) {
    const isOwn = folderOf(path) === root;
    const isTest =
      /\.tftest\.(hcl|json)$/.test(path) && (isOwn || folderOf(path) === inFolder(root, 'tests'));
    if (!isTest && !(isOwn && path.endsWith('.tf'))) continue;
    const text = (await reading.text(path)) ?? '';
    if (isTest) tests.push(/^\s*mock_provider\s+"/m.test(text));
    else
      for (const [, name = ''] of text.matchAll(/^\s*(?:provider|backend)\s+"(\w{1,40})"/gm)) {
        const cloud = CLOUD_OF[name];
        if (cloud) clouds.add(cloud);
      }
  }
  return {
    clouds: [...clouds].sort(),
    tests: tests.length === 0 ? 'none' : tests.every(Boolean) ? 'mocked' : 'real',
  };
}

/** Reads Terraform folders and ECS task definitions. */
export async function readInfrastructure(reading: Reading): Promise<InfrastructureFacts> {
  const environments: { name: string; source: Source }[] = [];
  const clouds: Fact<'aws' | 'azure' | 'google'>[] = [];
  const clusters: Fact<ClusterKind>[] = [];
  const targets: DeployTarget[] = [];
  const folders: Fact<string>[] = [];

  // What stands below .github sets up the repository itself, and nothing runs on it.
  const terraform = reading.paths.filter((path) => path.endsWith('.tf') && !path.startsWith('.github/'));
  if (terraform.length > MAX_TERRAFORM_FILES) {
    reading.problem(
      '.',
      `holds ${terraform.length} Terraform files, of which the first ${MAX_TERRAFORM_FILES} were read for clouds and clusters`,
    );
  }
  const webApps: WebApp[] = [];
  const slots: Fact<string>[] = [];
  for (const path of terraform.slice(0, MAX_TERRAFORM_FILES)) {
    const text = await reading.text(path);
    if (text !== null && !/(^|\/)modules?\//.test(path)) {
      webApps.push(...resourcesOf(path, text, /^resource\s+"azurerm_(?:linux|windows)_web_app"/));
      slots.push(
        ...resourcesOf(path, text, /^resource\s+"azurerm_(?:linux|windows)_web_app_slot"/).flatMap(
          ({ name }) => (name ? [name] : []),
        ),
      );
    }
    if (text !== null) clusters.push(...clusterInTerraform(path, text));
    for (const [pattern, cloud] of text === null ? [] : CLOUD_RESOURCES) {
      const found = findLine(text ?? '', pattern);
      if (found) clouds.push(fact(cloud, fileSource(path, found.range)));
    }
  }
  for (const path of reading.paths) {
    const parts = path.split('/');
    const inEnvironments = parts.findIndex((part) => /^(environments?|envs?|stages?)$/.test(part));
    const stage = /\.tf$/.test(path)
      ? inEnvironments >= 0
        ? parts[inEnvironments + 1]
        : parts.at(-2)
      : /\.tfvars$/.test(path)
        ? baseOf(path).replace(/\.tfvars$/, '')
        : undefined;
    if (stage && isStageName(stage)) environments.push({ name: stage, source: fileSource(path) });
  }
  const roots = [...new Set(terraform.map(folderOf))].filter(
    (folder) => !/(^|\/)modules?(\/|$)/.test(folder),
  );
  for (const folder of roots) {
    const files = terraform.filter((path) => folderOf(path) === folder);
    folders.push(fact(folder || '.', ...files.slice(0, 1).map((path) => fileSource(path))));
  }
  const [webApp] = webApps;
  // Which of several is deployed to, and what one of a module is called, the files do not say.
  if (webApp && webApps.length === 1) targets.push(appServiceTarget(webApp, slots));
  const [root] = roots;
  const first = root === undefined ? undefined : terraform.find((path) => folderOf(path) === root);
  if (root !== undefined && first) {
    targets.push({
      kind: 'terraform',
      path: fact(root || '.', fileSource(first)),
      deployCommand: unknown(`backend and variables with which ${root || 'the root folder'} is applied`),
      rollbackCommand: unknown(`how a change applied from ${root || 'the root folder'} is taken back`),
      terraform: await terraformFolder(reading, root),
    });
  }

  for (const path of reading.paths.filter((other) =>
    /task[-_]?def(inition)?[\w.-]*\.json$/i.test(baseOf(other)),
  )) {
    const text = await reading.text(path);
    const family = text === null ? null : findLine(text, /"family"\s*:\s*"([\w-]{1,200})"/);
    if (text === null || !/"containerDefinitions"/.test(text)) continue;
    const here = fileSource(path, family?.range ?? null);
    const container = /"containerDefinitions"\s*:\s*\[\s*\{[^{}]{0,2000}?"name"\s*:\s*"([\w-]{1,200})"/.exec(
      text,
    )?.[1];
    // The first container, in whichever order its keys stand.
    const first = /"containerDefinitions"\s*:\s*\[\s*\{([^{}\]]{0,2000})/.exec(text)?.[1] ?? '';
    const image = /"image"\s*:\s*"([^"\s${}<>]{1,300})"/.exec(first)?.[1];
    targets.push({
      kind: 'ecs',
      path: fact(path, here),
      deployCommand: unknown(`cluster and service that run ${path}`),
      rollbackCommand: unknown(`cluster and service that run ${path}`),
      ...(family?.match[1]
        ? {
            workloads: [
              fact(
                {
                  kind: 'ecs',
                  name: family.match[1],
                  namespace: null,
                  container: container ?? null,
                  image: image === undefined ? null : imageName(image),
                },
                here,
              ),
            ],
          }
        : {}),
    });
  }

  return {
    targets,
    folders,
    environments,
    clouds,
    clusters,
  };
}

/** A resource of Terraform with its name, where that is written out. */
interface WebApp {
  readonly place: Fact<string>;
  readonly name: Fact<string> | null;
}

function resourcesOf(path: string, text: string, pattern: RegExp): WebApp[] {
  return findLines(text, pattern).map(({ range }) => {
    const lines = text.split(/\r?\n/);
    const end = lines.findIndex((line, index) => index >= range.start.line && /^\}/.test(line));
    const at = lines.findIndex(
      (line, index) =>
        index >= range.start.line && index < end && /^ {2}name\s*=\s*"[A-Za-z0-9][\w-]{0,62}"\s*$/.test(line),
    );
    const line = lines[at];
    const name = line === undefined ? undefined : /"([^"]+)"/.exec(line)?.[1];
    const here = {
      start: { line: at + 1, column: 1 },
      end: { line: at + 1, column: (line?.length ?? 0) + 1 },
    };
    return {
      place: fact(path, fileSource(path, range)),
      name: name === undefined ? null : fact(name, fileSource(path, here)),
    };
  });
}

function appServiceTarget({ place, name }: WebApp, slots: readonly Fact<string>[]): DeployTarget {
  const [slot] = slots;
  const value = (parameter: string, known: Fact<string>): Fact<PlatformValue> =>
    fact({ parameter, value: known.value, environment: null }, ...known.sources);
  const values = [
    ...(name ? [value('APP', name)] : []),
    ...(slot && slots.length === 1 ? [value('SLOT', slot)] : []),
  ];
  return {
    kind: 'app-service',
    path: place,
    deployCommand: unknown(`package or image that the web app of ${place.value} is given`),
    rollbackCommand: unknown(`command that takes the web app of ${place.value} back`),
    ...(slot ? { form: 'slot' as const } : {}),
    ...(values.length > 0 ? { values } : {}),
  };
}
