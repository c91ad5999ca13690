import { fact, fileSource, unknown, type Fact, type Source } from '../fact';
import type { DeployTarget, OperationsLink, Workload } from '../profile';
import { imageName } from './containers';
import { isStageName } from './environments';
import { undoCommand } from './hosting';
import { dataAt, findLine, listAt, mapAt, readPlaced, stringAt, type PlacedDocument } from './places';
import { baseOf, folderOf, inFolder, isInside, type Reading } from './reading';
import { isPlainText, shellWord } from './shell-text';

/** What manifests, overlays and charts say. */
export interface KubernetesFacts {
  readonly targets: readonly DeployTarget[];
  readonly environments: readonly { readonly name: string; readonly source: Source }[];
  readonly images: readonly Fact<string>[];
  readonly health: readonly Fact<OperationsLink>[];
  readonly alerts: readonly Fact<OperationsLink>[];
  readonly infrastructure: readonly Fact<string>[];
}

interface Manifest {
  readonly path: string;
  readonly document: PlacedDocument;
  readonly kind: string;
}

/** `Rollout` is that of Argo Rollouts, which stands in a Deployment's place. */
const WORKLOAD_KINDS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']);

/** A repository with more of them holds those of others, too. */
const MAX_APPLICATIONS = 10;

/** More YAML files than this are not looked through for manifests; the profile says so. */
const MAX_FILES = 800;

/** Reads plain manifests, kustomize overlays, Helm charts, Argo CD applications, Cloud Run services and Prometheus rules. */
export async function readKubernetes(reading: Reading): Promise<KubernetesFacts> {
  const charts = reading.paths.filter((path) => baseOf(path) === 'Chart.yaml').map(folderOf);
  const topCharts = charts.filter(
    (chart) => !charts.some((other) => other !== chart && isInside(chart, other)),
  );
  const candidates = reading.paths.filter(
    (path) =>
      /\.ya?ml$/.test(path) &&
      !path.startsWith('.github/') &&
      !/(^|\/)(pnpm-lock|docker-compose|compose|mkdocs)[\w.-]*\.ya?ml$/.test(path) &&
      !charts.some((chart) => isInside(path, chart)),
  );
  if (candidates.length > MAX_FILES) {
    reading.problem(
      '.',
      `holds ${candidates.length} YAML files, of which the first ${MAX_FILES} were read for manifests`,
    );
  }
  const manifests: Manifest[] = [];
  const alerts: Fact<OperationsLink>[] = [];
  for (const path of candidates.slice(0, MAX_FILES)) {
    const text = await reading.text(path);
    if (text === null) continue;
    const isManifest = /^kind:/m.test(text) && /^apiVersion:/m.test(text);
    const hasRules = /^\s*-?\s*alert:/m.test(text);
    if (!isManifest && !hasRules && !/^kustomization\.ya?ml$/.test(baseOf(path))) continue;
    const read = readPlaced(text);
    if (!read.ok) {
      reading.problem(path, read.message, read.range);
      continue;
    }
    for (const document of read.documents) {
      alerts.push(...alertsOf(path, document));
      const kind = stringAt(document.data, ['kind']);
      if (kind) manifests.push({ path, document, kind });
    }
  }

  const environments: { name: string; source: Source }[] = [];
  const infrastructure: Fact<string>[] = [];
  const targets: DeployTarget[] = [];
  const kustomizations = reading.paths.filter((path) => /^kustomization\.ya?ml$/.test(baseOf(path)));
  const overlays = kustomizations.filter((path) => isStageName(baseOf(folderOf(path))));
  const workloads = manifests.filter(({ kind }) => WORKLOAD_KINDS.has(kind)).flatMap(workloadOf);

  for (const overlay of overlays)
    environments.push({ name: baseOf(folderOf(overlay)), source: fileSource(overlay) });
  if (kustomizations.length > 0) targets.push(kustomizeTarget(kustomizations, overlays, workloads));
  else targets.push(...plainTargets(workloads, environments));
  for (const chart of topCharts) targets.push(await helmTarget(reading, chart, environments));
  for (const manifest of manifests) {
    const apiVersion = stringAt(manifest.document.data, ['apiVersion']) ?? '';
    if (manifest.kind === 'Service' && apiVersion.startsWith('serving.knative.dev/'))
      targets.push(cloudRunTarget(manifest));
  }
  const applications = manifests.filter(
    ({ kind, document }) =>
      kind === 'Application' && (stringAt(document.data, ['apiVersion']) ?? '').startsWith('argoproj.io/'),
  );
  const sets = manifests.filter(
    ({ kind, document }) =>
      kind === 'ApplicationSet' && (stringAt(document.data, ['apiVersion']) ?? '').startsWith('argoproj.io/'),
  );
  if (applications.length === 0) targets.unshift(...sets.slice(0, MAX_APPLICATIONS).flatMap(argoSetTarget));
  // What Argo CD applies is taken back by Argo CD: by anything else it would put the failed version on again.
  targets.unshift(...applications.slice(0, MAX_APPLICATIONS).flatMap(argoTarget));
  for (const target of targets) infrastructure.push(target.path);

  return {
    targets,
    environments,
    images: workloads.flatMap(({ value, sources }) => (value.image ? [fact(value.image, ...sources)] : [])),
    health: manifests.filter(({ kind }) => WORKLOAD_KINDS.has(kind)).flatMap(probesOf),
    alerts,
    infrastructure,
  };
}

function workloadOf({ path, document, kind }: Manifest): Fact<Workload>[] {
  const name = stringAt(document.data, ['metadata', 'name']);
  if (!name || !/^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/.test(name)) return [];
  const at = ['spec', 'template', 'spec', 'containers'] as const;
  const [first] = listAt(document.data, at);
  const image = stringAt(first, ['image']);
  const container = stringAt(first, ['name']);
  const namespace = stringAt(document.data, ['metadata', 'namespace']);
  return [
    fact(
      {
        kind,
        name,
        namespace: namespace && /^[a-z0-9-]{1,63}$/.test(namespace) ? namespace : null,
        container: container && /^[a-z0-9-]{1,63}$/.test(container) ? container : null,
        image: image ? imageName(image) : null,
      },
      fileSource(path, document.rangeOf(image ? [...at, 0, 'image'] : ['metadata', 'name'])),
    ),
  ];
}

function probesOf({ path, document }: Manifest): Fact<OperationsLink>[] {
  const containers = ['spec', 'template', 'spec', 'containers'] as const;
  return listAt(document.data, containers).flatMap((container, index) =>
    (['readinessProbe', 'livenessProbe', 'startupProbe'] as const).flatMap((probe) => {
      const target = stringAt(container, [probe, 'httpGet', 'path']);
      if (!target || !/^\/[\w./?=&-]{0,200}$/.test(target)) return [];
      const name = `${stringAt(document.data, ['metadata', 'name']) ?? 'container'} ${probe.replace('Probe', '')} probe`;
      const source = fileSource(path, document.rangeOf([...containers, index, probe, 'httpGet', 'path']));
      return [fact<OperationsLink>({ kind: 'health', name, target }, source)];
    }),
  );
}

/** One target for each folder with workloads; folders that are named like environments are one target for all. */
function plainTargets(
  workloads: readonly Fact<Workload>[],
  environments: { name: string; source: Source }[],
): DeployTarget[] {
  const folders = new Map<string, Fact<Workload>[]>();
  for (const workload of workloads) {
    const path = pathOf(workload);
    const folder = folderOf(path);
    const stage = baseOf(folder);
    if (isStageName(stage)) environments.push({ name: stage, source: fileSource(path) });
    const key = isStageName(stage) ? inFolder(folderOf(folder), '${ENV}') : folder === '' ? path : folder;
    folders.set(key, [...(folders.get(key) ?? []), workload]);
  }
  return [...folders].map(([folder, all]) => {
    const own = unique(all);
    const manifests = folder.includes('${ENV}') ? `"${folder}"` : shellWord(folder);
    return {
      kind: 'kubernetes' as const,
      path: fact(folder.replace(/\/?\$\{ENV\}$/, '') || '.', ...all.flatMap((item) => item.sources)),
      deployCommand: fact(
        [
          `kubectl apply -f ${manifests}`,
          ...own.flatMap(({ value }) => [...setImage(value), rolloutStatus(value)]),
        ].join(' && '),
        ...all.flatMap((item) => item.sources),
      ),
      rollbackCommand: undoOf('kubernetes', folder, own),
      workloads: own,
    };
  });
}

function kustomizeTarget(
  kustomizations: readonly string[],
  overlays: readonly string[],
  workloads: readonly Fact<Workload>[],
): DeployTarget {
  const [overlay] = overlays;
  const folder = overlay ? folderOf(folderOf(overlay)) : folderOf(kustomizations[0] ?? '');
  const apply = overlay
    ? `kubectl apply -k "${inFolder(folder, '${ENV}')}"`
    : `kubectl apply -k ${shellWord(folder || '.')}`;
  const sources = (overlays.length > 0 ? overlays : kustomizations).map((path) => fileSource(path));
  const own = unique(workloads);
  return {
    kind: 'kustomize',
    path: fact(folder || '.', ...sources),
    deployCommand: fact([apply, ...own.map(({ value }) => rolloutStatus(value))].join(' && '), ...sources),
    rollbackCommand:
      own.length > 0
        ? undoOf('kustomize', folder, own)
        : unknown(`name of the workload that ${folder || 'kustomization.yaml'} deploys`),
    workloads: own,
  };
}

async function helmTarget(
  reading: Reading,
  chart: string,
  environments: { name: string; source: Source }[],
): Promise<DeployTarget> {
  const path = inFolder(chart, 'Chart.yaml');
  const text = (await reading.text(path)) ?? '';
  const name = findLine(text, /^name:\s*["']?([\w.-]{1,53})["']?\s*(#.*)?$/);
  const values = reading.paths.filter(
    (other) => isInside(other, chart) || /(^|\/)(helm|deploy|values)\//.test(other),
  );
  let perStage: string | null = null;
  for (const file of values) {
    const match = /^(values[-.]|)([\w-]+)\.ya?ml$/.exec(baseOf(file));
    const stage = match?.[2];
    if (!match || !stage || !isStageName(stage)) continue;
    if (match[1] === '' && baseOf(folderOf(file)) !== 'values') continue;
    environments.push({ name: stage, source: fileSource(file) });
    perStage ??= inFolder(folderOf(file), `${match[1] ?? ''}\${ENV}${file.slice(file.lastIndexOf('.'))}`);
  }
  const valuesPath = inFolder(chart, 'values.yaml');
  const valuesText = reading.has(valuesPath) ? await reading.text(valuesPath) : null;
  const read = valuesText === null ? null : readPlaced(valuesText);
  if (read && !read.ok) reading.problem(valuesPath, read.message, read.range);
  const document = read?.ok ? read.documents[0] : undefined;
  const repository = stringAt(document?.data, ['image', 'repository']);
  const hasTag = document !== undefined && Object.hasOwn(mapAt(document.data, ['image']), 'tag');
  const here = fileSource(path, name?.range ?? null);
  const release = name?.match[1];
  const workload: Workload | null = release
    ? {
        kind: 'helm',
        name: release,
        namespace: null,
        container: null,
        image: repository ? imageName(repository) : null,
      }
    : null;
  const tag = hasTag ? ' --set image.tag=${VERSION}' : '';
  const deploy = release
    ? `helm upgrade --install ${release} ${shellWord(chart || '.')}${perStage ? ` -f "${perStage}"` : ''}${tag} --wait --timeout 10m`
    : null;
  return {
    kind: 'helm',
    path: fact(chart || '.', here),
    deployCommand: deploy
      ? fact(deploy, here, ...(hasTag ? [fileSource(valuesPath, document.rangeOf(['image', 'tag']))] : []))
      : unknown(`name of the chart in ${path}`),
    rollbackCommand: workload
      ? undoOf('helm', chart, [fact(workload, here)])
      : unknown(`name of the chart in ${path}`),
    ...(workload ? { workloads: [fact(workload, here)] } : {}),
  };
}

function cloudRunTarget({ path, document }: Manifest): DeployTarget {
  const name = stringAt(document.data, ['metadata', 'name']);
  const image = stringAt(document.data, ['spec', 'template', 'spec', 'containers', 0, 'image']);
  const here = fileSource(path, document.rangeOf(['metadata', 'name']));
  const service = name && /^[a-z0-9-]{1,63}$/.test(name) ? name : null;
  return {
    kind: 'cloud-run',
    path: fact(path, here),
    deployCommand: unknown(`region and project of the Cloud Run service in ${path}`),
    rollbackCommand: unknown(`region and project of the Cloud Run service in ${path}`),
    ...(service
      ? {
          workloads: [
            fact(
              {
                kind: 'Service',
                name: service,
                namespace: null,
                container: null,
                image: image ? imageName(image) : null,
              },
              here,
            ),
          ],
        }
      : {}),
  };
}

function argoTarget({ path, document }: Manifest): DeployTarget[] {
  const name = stringAt(document.data, ['metadata', 'name']);
  if (!name || !/^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/.test(name)) return [];
  const here = fileSource(path, document.rangeOf(['metadata', 'name']));
  const workload = fact({ kind: 'Application', name, namespace: null, container: null, image: null }, here);
  return [
    {
      kind: 'argo-cd',
      path: fact(path, here),
      deployCommand: fact(`argocd app sync ${name} && argocd app wait ${name} --health --timeout 600`, here),
      rollbackCommand: undoOf('argo-cd', path, [workload]),
      workloads: [workload],
    },
  ];
}

/** A set makes applications by a template, so that their names are not in the file. */
function argoSetTarget({ path, document }: Manifest): DeployTarget[] {
  const name = stringAt(document.data, ['metadata', 'name']);
  if (!name || !/^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/.test(name)) return [];
  const needed = `which application of the set ${name} (${path}) is this service`;
  return [
    {
      kind: 'argo-cd',
      path: fact(path, fileSource(path, document.rangeOf(['metadata', 'name']))),
      deployCommand: unknown(needed),
      rollbackCommand: unknown(needed),
    },
  ];
}

/** `PrometheusRule` objects and plain rule files hold the same `groups`. */
function alertsOf(path: string, document: PlacedDocument): Fact<OperationsLink>[] {
  const isRule = stringAt(document.data, ['kind']) === 'PrometheusRule';
  const at = isRule ? ['spec', 'groups'] : ['groups'];
  return listAt(document.data, at).flatMap((group, groupIndex) =>
    listAt(group, ['rules']).flatMap((rule, ruleIndex) => {
      const name = stringAt(rule, ['alert']);
      const expression = stringAt(rule, ['expr']);
      if (!name || !isPlainText(name)) return [];
      const target = stringAt(rule, ['annotations', 'runbook_url']) ?? expression?.replace(/\s+/g, ' ');
      if (!target) return [];
      const source = fileSource(path, document.rangeOf([...at, groupIndex, 'rules', ruleIndex, 'alert']));
      return [fact<OperationsLink>({ kind: 'alert', name, target }, source)];
    }),
  );
}

/** A Grafana dashboard kept as JSON: its title, and its path on any Grafana by its uid. */
export async function readDashboards(reading: Reading): Promise<readonly Fact<OperationsLink>[]> {
  const found: Fact<OperationsLink>[] = [];
  const candidates = reading.paths
    .filter((path) => path.endsWith('.json') && /grafana|dashboard/i.test(path))
    .slice(0, 100);
  for (const path of candidates) {
    const text = await reading.text(path);
    if (text === null) continue;
    const read = readPlaced(text);
    const document = read.ok ? read.documents[0] : undefined;
    if (!document || !Array.isArray(dataAt(document.data, ['panels']))) continue;
    const title = stringAt(document.data, ['title']);
    const uid = stringAt(document.data, ['uid']);
    if (!title || !isPlainText(title)) continue;
    const target = uid && /^[\w-]{1,80}$/.test(uid) ? `/d/${uid}` : path;
    found.push(
      fact({ kind: 'dashboard', name: title, target }, fileSource(path, document.rangeOf(['title']))),
    );
  }
  return found;
}

/** The platform's own command that goes back. */
function undoOf(
  kind: DeployTarget['kind'],
  path: string,
  workloads: readonly Fact<Workload>[],
): DeployTarget['rollbackCommand'] {
  const sources = workloads.flatMap((item) => item.sources);
  const nothing = unknown(`command that takes ${path} back`);
  return undoCommand(
    { kind, path: fact(path, ...sources), deployCommand: nothing, rollbackCommand: nothing, workloads },
    ...sources,
  );
}

function setImage(workload: Workload): string[] {
  if (!workload.container || !workload.image) return [];
  if (workload.kind === 'Rollout') {
    return [
      `kubectl argo rollouts set image ${place(workload)}${workload.name} ${workload.container}=${workload.image}:\${VERSION}`,
    ];
  }
  return [`kubectl set image ${reference(workload)} ${workload.container}=${workload.image}:\${VERSION}`];
}

function rolloutStatus(workload: Workload): string {
  if (workload.kind === 'Rollout') {
    return `kubectl argo rollouts status ${place(workload)}${workload.name} --timeout 60m`;
  }
  return `kubectl rollout status ${reference(workload)} --timeout=10m`;
}

// Without one in the manifest the context's would be taken, whatever that happens to be on the night.
function place(workload: Workload): string {
  return workload.namespace ? `--namespace ${workload.namespace} ` : '--namespace "${NAMESPACE}" ';
}

function reference(workload: Workload): string {
  return `${place(workload)}${workload.kind.toLowerCase()}/${workload.name}`;
}

function unique(workloads: readonly Fact<Workload>[]): Fact<Workload>[] {
  return workloads.filter(
    (workload, index) =>
      workloads.findIndex(
        (other) => other.value.kind === workload.value.kind && other.value.name === workload.value.name,
      ) === index,
  );
}

function pathOf(workload: Fact<Workload>): string {
  const [source] = workload.sources;
  return source?.kind === 'file' ? source.path : '';
}
