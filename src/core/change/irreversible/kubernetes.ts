import {
  dataAt,
  listAt,
  mapAt,
  stringAt,
  type DataPath,
  type PlacedDocument,
} from '../../evidence/detect/places';
import type { IrreversibleKind } from '../change';
import type { Detected } from './detector';
import {
  linesOf,
  placeAt,
  riskAt,
  startJudgement,
  unjudgeableAt,
  type FileVersions,
  type OpenJudgement,
  type Place,
  type Side,
} from './file-versions';
import { readTemplatedYaml } from './templated-yaml';

/** What goes with an object of a kind when it is taken away; one line per kind, `group` where others share the name. */
const LOSSES: readonly {
  readonly kind: string;
  readonly group?: RegExp;
  readonly as: IrreversibleKind;
  /** Only where the object itself says so; else its going is a risk. */
  readonly when?: (data: unknown) => boolean;
  /** A phrase: what is lost. */
  readonly loses: string;
}[] = [
  {
    kind: 'StatefulSet',
    as: 'infra-destroy',
    loses: 'its pods go, and its claims are left without an owner',
  },
  {
    kind: 'PersistentVolumeClaim',
    as: 'storage-delete',
    loses: 'the volume behind it goes too, unless it is retained',
  },
  { kind: 'PersistentVolume', as: 'storage-delete', loses: 'nothing leads to what is stored there any more' },
  { kind: 'Namespace', as: 'infra-destroy', loses: 'everything in it goes, claims and secrets included' },
  {
    kind: 'CustomResourceDefinition',
    as: 'infra-destroy',
    loses: 'every object of that kind in the cluster goes with it',
  },
  {
    kind: 'VolumeSnapshot',
    as: 'storage-delete',
    loses: 'the snapshot goes too, unless its class retains it',
  },
  { kind: 'Kafka', group: /strimzi/, as: 'infra-destroy', loses: 'the broker goes with its topics' },
  { kind: 'KafkaTopic', group: /strimzi/, as: 'storage-delete', loses: 'the messages in it are gone' },
  {
    kind: 'RabbitmqCluster',
    group: /rabbitmq/,
    as: 'infra-destroy',
    loses: 'the broker goes with its queues',
  },
  { kind: 'Queue', group: /rabbitmq/, as: 'storage-delete', loses: 'the messages in it are gone' },
  { kind: 'Cluster', group: /cnpg/, as: 'infra-destroy', loses: 'the database goes with its volumes' },
  { kind: 'postgresql', group: /zalan/, as: 'infra-destroy', loses: 'the database goes with its volumes' },
  { kind: 'PostgresCluster', as: 'infra-destroy', loses: 'the database goes with its volumes' },
  { kind: 'MongoDBCommunity', as: 'infra-destroy', loses: 'the database goes with its volumes' },
  {
    kind: 'Elasticsearch',
    group: /elastic/,
    as: 'infra-destroy',
    loses: 'the cluster goes with its indexes',
  },
  // What deploys from a repository deletes all that it deployed, where it is told to.
  {
    kind: 'Application',
    group: /argoproj/,
    as: 'infra-destroy',
    when: (data) =>
      listAt(data, ['metadata', 'finalizers']).some((each) => /^resources-finalizer\./.test(String(each))),
    loses: 'everything that it deployed is deleted too, as its finalizer says',
  },
  {
    kind: 'ApplicationSet',
    group: /argoproj/,
    as: 'infra-destroy',
    when: (data) => dataAt(data, ['spec', 'syncPolicy', 'preserveResourcesOnDeletion']) !== true,
    loses: 'its applications are deleted with everything that they deployed',
  },
  {
    kind: 'Kustomization',
    group: /fluxcd/,
    as: 'infra-destroy',
    when: (data) => dataAt(data, ['spec', 'prune']) === true,
    loses: 'everything that it deployed is deleted too, since it prunes',
  },
  {
    kind: 'HelmRelease',
    group: /fluxcd/,
    as: 'infra-destroy',
    loses: 'the release is uninstalled with everything that the chart made',
  },
];

/** What lets an object that deploys from a repository delete what is no longer in it. */
const PRUNES: Readonly<Record<string, readonly DataPath[]>> = {
  Application: [['spec', 'syncPolicy', 'automated', 'prune']],
  Kustomization: [['spec', 'prune']],
};

/** Objects without data of their own: taken away, they can be applied again. */
const STATELESS = new Set([
  'Deployment',
  'DaemonSet',
  'Service',
  'Ingress',
  'ConfigMap',
  'Secret',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
]);

/** What the API server refuses to change in place, so that the object has to be deleted and made anew. */
const IMMUTABLE: Readonly<Record<string, readonly DataPath[]>> = {
  StatefulSet: [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
  ],
  Deployment: [['spec', 'selector']],
  DaemonSet: [['spec', 'selector']],
  PersistentVolumeClaim: [
    ['spec', 'storageClassName'],
    ['spec', 'accessModes'],
    ['spec', 'volumeName'],
  ],
};

/** An object in a file, at one end of the range. */
export interface Manifest {
  readonly file: FileVersions;
  readonly side: Side;
  readonly document: PlacedDocument;
  readonly kind: string;
  readonly name: string;
  /** Kind, namespace and name: what makes it one object of the cluster. */
  readonly identity: string;
}

/** Whether a YAML text holds objects of Kubernetes. */
export function looksLikeManifest(text: string): boolean {
  return /^kind:/m.test(text) && /^apiVersion:/m.test(text);
}

/**
 * Judges manifests, plain or as templates of charts: objects that hold something and are no longer among them, and
 * changes that the API server takes only from a new object.
 *
 * @param isKustomized Whether the file stands beside or below a kustomization, where it may be a patch of an object that
 * another file declares.
 */
export function judgeManifests(
  files: readonly FileVersions[],
  isKustomized: (path: string) => boolean,
): Detected {
  const judgement = startJudgement();
  const base: Manifest[] = [];
  const head: Manifest[] = [];
  for (const file of files) {
    const before = manifestsOf(file, 'base', judgement);
    const after = manifestsOf(file, 'head', judgement);
    if (before === 'unread' || after === 'unread') continue;
    base.push(...before);
    head.push(...after);
    if (before.length + after.length > 0) judgement.touches.push({ kind: 'infrastructure', path: file.path });
  }
  // The same object may stand in several files (one for each environment), so they are matched file by file first.
  const wasHere = new Set(base.map(placedIdentity));
  const isHere = new Map(head.map((manifest) => [placedIdentity(manifest), manifest]));
  const newHere = head.filter((manifest) => !wasHere.has(placedIdentity(manifest)));
  const newByIdentity = new Map(newHere.map((manifest) => [manifest.identity, manifest]));
  // A patch that deletes is the other way round: what is new here is what goes.
  for (const manifest of newHere) {
    if (dataAt(manifest.document.data, ['$patch']) !== 'delete') continue;
    const place = placeAt(manifest.file, 'head', manifest.document.rangeOf(['$patch']));
    judgeLeftOut(manifest, place, 'its patch deletes', judgement);
  }
  for (const before of base) {
    if (dataAt(before.document.data, ['$patch']) === 'delete') continue;
    const after = isHere.get(placedIdentity(before)) ?? newByIdentity.get(before.identity);
    if (after) judgeKept(before, after, judgement);
    else if (isKustomized(before.file.basePath) && isPartial(before)) {
      judgement.risks.push(
        riskAt(
          placeAt(before.file, 'base', before.document.rangeOf([])),
          'infrastructure',
          `takes away what was patched of ${before.kind} ${shownName(before)}`,
          'what another file declares of it holds again',
        ),
      );
    } else judgeGone(before, newHere, judgement);
  }
  return judgement;
}

/** What the API server does not take an object of the kind without: a patch of one has no need of it. */
const REQUIRED: Readonly<Record<string, DataPath>> = {
  StatefulSet: ['spec', 'selector'],
  Deployment: ['spec', 'selector'],
  DaemonSet: ['spec', 'selector'],
  PersistentVolumeClaim: ['spec', 'accessModes'],
  PersistentVolume: ['spec', 'capacity'],
  CustomResourceDefinition: ['spec', 'group'],
};

function isPartial({ kind, document }: Manifest): boolean {
  const path = REQUIRED[kind];
  return path !== undefined && dataAt(document.data, path) === undefined;
}

function placedIdentity({ file, identity }: Manifest): string {
  return `${file.path}\n${identity}`;
}

function manifestsOf(
  file: FileVersions,
  side: Side,
  judgement: OpenJudgement,
): readonly Manifest[] | 'unread' {
  const text = file[side];
  if (text === null || !looksLikeManifest(text)) return [];
  const read = readTemplatedYaml(text);
  if (!read.ok) {
    // Only where the base held something that can be lost: elsewhere nothing of it needs judging.
    const kinds = new Set(LOSSES.map(({ kind }) => kind));
    const atRisk = [...(file.base ?? '').matchAll(/^kind:[ \t]*["']?(\w{1,100})/gm)].some((match) =>
      kinds.has(match[1] ?? ''),
    );
    if (file.base !== null && atRisk) {
      judgement.irreversible.push(unjudgeableAt(placeAt(file, side, read.range), `the file ${read.message}`));
    }
    return 'unread';
  }
  return read.documents.flatMap((document): Manifest[] => {
    if (stringAt(document.data, ['kind']) === 'List') return [];
    const kind = stringAt(document.data, ['kind']);
    const name = stringAt(document.data, ['metadata', 'name']);
    if (kind === null || name === null || stringAt(document.data, ['apiVersion']) === null) return [];
    const namespace = stringAt(document.data, ['metadata', 'namespace']) ?? '';
    return [{ file, side, document, kind, name, identity: `${kind}\n${namespace}\n${name}` }];
  });
}

function lossOf({ kind, document }: Manifest): (typeof LOSSES)[number] | undefined {
  const group = stringAt(document.data, ['apiVersion']) ?? '';
  return LOSSES.find(
    (each) =>
      each.kind === kind &&
      (each.group === undefined || each.group.test(group)) &&
      (each.when === undefined || each.when(document.data)),
  );
}

/** The objects of a file at one end; none where it cannot be read. */
export function manifestsIn(file: FileVersions, side: Side): readonly Manifest[] {
  const found = manifestsOf(file, side, startJudgement());
  return found === 'unread' ? [] : found;
}

/** Says what goes with an object that stays in its file and is no longer applied. `does` is a phrase before its name. */
export function judgeLeftOut(manifest: Manifest, place: Place, does: string, judgement: OpenJudgement): void {
  const loss = lossOf(manifest);
  const title = `${manifest.kind} ${shownName(manifest)}`;
  if (loss) {
    judgement.irreversible.push({
      ...place,
      kind: loss.as,
      why: `${does} ${title} (${manifest.file.path}): once it is pruned or deleted, ${loss.loses}`,
      compensation:
        'back up what it holds and try the restore first, or keep it out of pruning until nothing needs it',
      reversibleBy: null,
    });
  } else if (isStateless(manifest)) {
    judgement.risks.push(
      riskAt(
        place,
        'infrastructure',
        `${does.replace(/^it /, '')} ${title}`,
        'it can be applied again, but what relies on it fails meanwhile',
      ),
    );
  }
}

function isStateless({ kind }: Manifest): boolean {
  return STATELESS.has(kind) || LOSSES.some((each) => each.kind === kind && each.when !== undefined);
}

function judgeGone(before: Manifest, added: readonly Manifest[], judgement: OpenJudgement): void {
  const loss = lossOf(before);
  const title = `${before.kind} ${shownName(before)}`;
  const lines = linesOf(before.file, 'base');
  const range = before.document.rangeOf([]);
  const text = before.file.base ?? '';
  const start = range ? lines.offsetAt(range.start) : 0;
  const shown = range ? text.slice(start, lines.offsetAt(range.end)).trimEnd() : '';
  const place = placeAt(before.file, 'base', { start, end: start + shown.length }, shown);
  if (!loss) {
    if (isStateless(before)) {
      judgement.risks.push(
        riskAt(
          place,
          'infrastructure',
          `takes away ${title}`,
          'it can be applied again, but what relies on it fails meanwhile',
        ),
      );
    }
    return;
  }
  const renamed = added.find((other) => other.kind === before.kind && other.file === before.file);
  judgement.irreversible.push({
    ...place,
    kind: renamed ? 'infra-replace' : loss.as,
    why: renamed
      ? `it renames ${title} to ${shownName(renamed)}: a new one is made, without what the old one held`
      : `it takes away ${title}: once it is pruned or deleted, ${loss.loses}`,
    compensation: renamed
      ? 'make the new one beside the old, copy what it holds, switch over, and delete the old one in a later release'
      : 'back up what it holds and try the restore first, or keep it out of pruning until nothing needs it',
    reversibleBy: null,
  });
}

function judgeKept(before: Manifest, after: Manifest, judgement: OpenJudgement): void {
  const title = `${after.kind} ${shownName(after)}`;
  const found = (kind: IrreversibleKind, path: DataPath, why: string, compensation: string): void => {
    judgement.irreversible.push({
      ...placeOfChange(before, after, path),
      kind,
      why,
      compensation,
      reversibleBy: null,
    });
  };
  const data = (manifest: Manifest, path: DataPath): unknown => dataAt(manifest.document.data, path);

  for (const path of IMMUTABLE[after.kind] ?? []) {
    const old = data(before, path);
    if (old === undefined || isEqual(old, data(after, path))) continue;
    found(
      'infra-replace',
      path,
      `it changes ${path.join('.')} of ${title}, which the cluster refuses to change in place: the object has to be deleted and made anew`,
      'make the new one beside the old under another name, switch over, and delete the old one in a later release',
    );
  }
  for (const path of PRUNES[after.kind] ?? []) {
    if (data(after, path) !== true || data(before, path) === true) continue;
    judgement.risks.push(
      riskAt(
        placeOfChange(before, after, path),
        'infrastructure',
        `lets ${title} delete what is no longer in the repository`,
        'whatever it deployed and nobody declares any more goes with the next run',
      ),
    );
  }
  if (dataAt(after.document.data, ['$patch']) === 'delete' && data(before, ['$patch']) !== 'delete') {
    judgeLeftOut(after, placeOfChange(before, after, ['$patch']), 'its patch deletes', judgement);
  }
  if (after.kind === 'StatefulSet') {
    const path = ['spec', 'volumeClaimTemplates'];
    const old = data(before, path);
    if (old !== undefined && !isEqual(claimsOf(old), claimsOf(data(after, path)))) {
      found(
        'infra-replace',
        path,
        `it changes the claims of ${title}, which the cluster refuses to change in place: the set has to be deleted and made anew, on other volumes`,
        'delete the set with `--cascade=orphan` and change the claims by hand, after a backup whose restore was tried',
      );
    }
    for (const when of ['whenDeleted', 'whenScaled']) {
      const policy = ['spec', 'persistentVolumeClaimRetentionPolicy', when];
      if (data(after, policy) === 'Delete' && data(before, policy) !== 'Delete') {
        found(
          'storage-delete',
          policy,
          `it lets the claims of ${title} be deleted (${when}), which were kept before`,
          'keep `Retain`, or back up what the volumes hold and try the restore first',
        );
      }
    }
  }
  if (after.kind === 'PersistentVolumeClaim') {
    const path = ['spec', 'resources', 'requests', 'storage'];
    const [old, now] = [bytesOf(data(before, path)), bytesOf(data(after, path))];
    if (old !== null && now !== null && now < old) {
      found(
        'infra-replace',
        path,
        `it makes the volume of ${title} smaller, which no cluster can do in place: it has to be deleted and made anew`,
        'make a smaller claim beside it, copy what it holds, switch over, and delete the old one in a later release',
      );
    }
  }
  // A volume made by hand is retained unless it says otherwise; one of a storage class is deleted.
  for (const [kind, key] of [
    ['PersistentVolume', 'spec.persistentVolumeReclaimPolicy'],
    ['StorageClass', 'reclaimPolicy'],
  ] as const) {
    const path = key.split('.');
    const old = data(before, path);
    const wasDelete = old === 'Delete' || (old === undefined && kind === 'StorageClass');
    const isDelete =
      data(after, path) === 'Delete' || (data(after, path) === undefined && kind === 'StorageClass');
    if (after.kind === kind && isDelete && !wasDelete) {
      found(
        'storage-delete',
        path,
        `it lets ${title} be deleted with its claim, where it was kept before`,
        'keep `Retain`, and delete volumes by hand once nothing needs them',
      );
    }
  }
}

/** Templates of claims by what cannot change: labels and annotations may. */
function claimsOf(templates: unknown): unknown {
  return listAt({ templates }, ['templates']).map((template) => ({
    name: stringAt(template, ['metadata', 'name']),
    spec: mapAt(template, ['spec']),
  }));
}

/** At the head where the key is still there, else at the base. */
function placeOfChange(before: Manifest, after: Manifest, path: DataPath): ReturnType<typeof placeAt> {
  const now = after.document.rangeOf(path);
  return now ? placeAt(after.file, 'head', now) : placeAt(before.file, 'base', before.document.rangeOf(path));
}

/** Keys of values files that say how large a volume is: below a part of this name, or called so themselves. */
const VOLUME_PART = /persist|volume|storage|pvc|disk/i;

/** Whether a file is one of values for a chart. */
export function isValuesFile(path: string): boolean {
  return /(?:^|\/)(?:[\w.-]*[-._])?values(?:[-._][\w.-]*)?\.ya?ml$|(?:^|\/)values\/[^/]+\.ya?ml$/i.test(path);
}

/** Judges values of charts: persistence switched off, volumes made smaller, volumes no longer kept. */
export function judgeValues(files: readonly FileVersions[]): Detected {
  const judgement = startJudgement();
  for (const file of files) {
    if (file.base === null || file.head === null) continue;
    const base = readTemplatedYaml(file.base);
    const head = readTemplatedYaml(file.head);
    if (!base.ok) continue;
    if (!head.ok) {
      if (/persistence|reclaimPolicy|storage/i.test(file.base)) {
        judgement.irreversible.push(
          unjudgeableAt(placeAt(file, 'head', head.range), `the file ${head.message}`),
        );
      }
      continue;
    }
    const [old, now] = [base.documents[0], head.documents[0]];
    if (old && now) judgeValuesOf(file, old, now, judgement);
  }
  return judgement;
}

function judgeValuesOf(
  file: FileVersions,
  base: PlacedDocument,
  head: PlacedDocument,
  judgement: OpenJudgement,
): void {
  for (const { path, value } of scalarsOf(head.data)) {
    const key = String(path.at(-1));
    const parent = String(path.at(-2) ?? '');
    const name = path.join('.');
    const old = dataAt(base.data, path);
    const place = (): ReturnType<typeof placeAt> => placeAt(file, 'head', head.rangeOf(path));
    if (key === 'enabled' && /persistence|persistentVolume/i.test(parent) && value === false) {
      if (old === true) {
        judgement.irreversible.push({
          ...place(),
          kind: 'storage-delete',
          why: `it switches ${name} off: the claim goes, and what is written from then on is lost with the pod`,
          compensation:
            'keep the claim (`existingClaim`, `helm.sh/resource-policy: keep`), or copy what it holds first',
          reversibleBy: null,
        });
      } else if (old === undefined && path.length > 2 && isPart(base.data, path.slice(0, -2))) {
        judgement.risks.push(
          riskAt(
            place(),
            'storage',
            `sets ${name} to false`,
            'where the chart keeps data by default, the claim goes, and what is written is lost with the pod',
          ),
        );
      }
    }
    const isSize =
      (/^(?:size|storage)$/i.test(key) && path.slice(0, -1).some((part) => VOLUME_PART.test(String(part)))) ||
      /^(?:storage|volume|disk)Size$/.test(key);
    if (isSize) {
      const [before, after] = [bytesOf(old), bytesOf(value)];
      if (before !== null && after !== null && after < before) {
        judgement.irreversible.push({
          ...place(),
          kind: 'infra-replace',
          why: `it makes the volume of ${name} smaller (${String(old)} to ${String(value)}), which no cluster can do in place: it has to be deleted and made anew`,
          compensation:
            'make a smaller claim beside it, copy what it holds, switch over, and delete the old one in a later release',
          reversibleBy: null,
        });
      }
    }
    if (/reclaimPolicy$/i.test(key) && value === 'Delete' && old !== 'Delete') {
      if (old === undefined) {
        judgement.risks.push(
          riskAt(place(), 'storage', `sets ${name} to Delete`, 'volumes are deleted with their claims'),
        );
      } else {
        judgement.irreversible.push({
          ...place(),
          kind: 'storage-delete',
          why: `it sets ${name} from ${typeof old === 'string' ? old.slice(0, 40) : 'another policy'} to Delete: volumes are deleted with their claims, where they were kept before`,
          compensation: 'keep `Retain`, and delete volumes by hand once nothing needs them',
          reversibleBy: null,
        });
      }
    }
  }
}

function isPart(data: unknown, path: DataPath): boolean {
  return typeof dataAt(data, path) === 'object';
}

/** Every scalar with its path, in order. */
function scalarsOf(data: unknown): readonly { readonly path: DataPath; readonly value: unknown }[] {
  const found: { path: DataPath; value: unknown }[] = [];
  const visit = (value: unknown, path: DataPath): void => {
    if (typeof value !== 'object' || value === null) {
      found.push({ path, value });
      return;
    }
    for (const [key, inner] of Object.entries(value)) {
      visit(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(data, []);
  return found;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
};

/** A quantity of Kubernetes in bytes; null for what is none. */
function bytesOf(value: unknown): number | null {
  const match = /^(\d+(?:\.\d+)?)([kMGTP]i?|Ki|)$/.exec(
    typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '',
  );
  const unit = UNITS[match?.[2] ?? ''];
  return match && unit !== undefined ? Number(match[1]) * unit : null;
}

function isEqual(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** The same text for equal data, whatever the order of its keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ''
  );
}

/** The name as the file has it: a template's own words rather than what stands in their place. */
function shownName({ file, side, document, name }: Manifest): string {
  const range = document.rangeOf(['metadata', 'name']);
  if (!name.startsWith('T_') || !range) return name;
  const line = linesOf(file, side).lineText(range.start.line);
  return /name:\s*(.+?)\s*$/.exec(line)?.[1]?.slice(0, 80) ?? 'of a template';
}
