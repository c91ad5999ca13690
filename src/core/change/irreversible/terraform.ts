import type { Detected } from './detector';
import type { FileVersions, OpenJudgement, Place, Side } from './file-versions';
import { placeAt, riskAt, startJudgement, unjudgeableAt } from './file-versions';
import { readHcl, type HclAttribute, type HclBlock, type HclBody } from '../../text/hcl';
import { readHclJson } from './hcl-json';
import type { PlannedResources } from './terraform-plan';
import { valueOf, type Variables } from './terraform-values';
import { FORCES_NEW, isStateless, PROTECTIONS, type Protection } from './terraform-tables';

/** Whether the file is one of Terraform or OpenTofu that this detector reads. */
export function isTerraform(path: string): boolean {
  return /\.(?:tf|tofu)(?:\.json)?$/.test(path);
}

/** Whether the file gives values to variables. */
export function isVariableFile(path: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(path);
}

/** Whether Terraform takes the values without being told to. */
function isLoadedByItself(path: string): boolean {
  return /(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars(?:\.json)?$/.test(path);
}

const COMPENSATION =
  'say where it went with a `moved` block, or take it out of the state with `removed { lifecycle { destroy = false } }`; else back up what it holds and try the restore first';

/** A resource or module call of one folder, at one end of the range. */
interface Declared {
  readonly address: string;
  readonly block: HclBlock;
  readonly file: FileVersions;
}

/** The files of one folder, which Terraform reads as one module. */
interface Module {
  readonly base: Map<string, Declared>;
  readonly head: Map<string, Declared>;
  /** Addresses that a `moved` block of the head comes from. */
  readonly movedFrom: string[];
  /** Addresses that a `removed` block of the head takes away, and whether it destroys them. */
  readonly removed: Map<string, boolean>;
  /** Defaults of variables, at either end. */
  readonly variables: Readonly<Record<Side, Map<string, string>>>;
}

/**
 * Judges Terraform by its configuration: what is declared at the base and not at the head is destroyed when the head is
 * applied, unless a `moved` or `removed` block says otherwise. Resources that a plan in the same range names are left
 * to it.
 */
export function judgeTerraform(
  files: readonly FileVersions[],
  planned: PlannedResources,
  variableFiles: readonly FileVersions[] = [],
): Detected {
  const judgement = startJudgement();
  const modules = new Map<string, Module>();
  for (const file of files) {
    const folder = file.basePath.slice(0, file.basePath.lastIndexOf('/') + 1);
    const module = modules.get(folder) ?? {
      base: new Map<string, Declared>(),
      head: new Map<string, Declared>(),
      movedFrom: [],
      removed: new Map<string, boolean>(),
      variables: { base: new Map<string, string>(), head: new Map<string, string>() },
    };
    modules.set(folder, module);
    const base = bodyOf(file, 'base', judgement);
    const head = bodyOf(file, 'head', judgement);
    // With one end unread, everything of the other would look new or gone.
    if (base === 'unread' || head === 'unread') continue;
    for (const declared of declaredIn(base, file)) module.base.set(declared.address, declared);
    for (const declared of declaredIn(head, file)) module.head.set(declared.address, declared);
    for (const block of head?.blocks ?? []) readStatement(block, module);
    readDefaults(base, module.variables.base);
    readDefaults(head, module.variables.head);
  }
  const movedFrom = [...modules.values()].flatMap((module) => module.movedFrom);
  const assigned = variableFiles.map((file) => ({
    file,
    base: assignmentsOf(file, 'base'),
    head: assignmentsOf(file, 'head'),
  }));
  for (const { file, base, head } of assigned) {
    if (base && !head && file.head !== null) {
      judgement.irreversible.push(
        unjudgeableAt(placeAt(file, 'head', null), 'the values can no longer be read'),
      );
    }
  }
  for (const [folder, module] of modules) {
    const settings = settingsOf(folder, module, assigned, modules);
    judgeModule(module, settings, movedFrom, planned, judgement);
  }
  return judgement;
}

function bodyOf(file: FileVersions, side: Side, judgement: OpenJudgement): HclBody | null | 'unread' {
  const text = file[side];
  if (text === null) return null;
  const read = file.path.endsWith('.json') ? readHclJson(text) : readHcl(text);
  if (read.ok) return read.body;
  // A new file that cannot be read takes nothing away, and one that did not change says what it said.
  if (file.base !== null && file.base !== file.head) {
    const where = { start: read.offset, end: read.offset };
    judgement.irreversible.push(unjudgeableAt(placeAt(file, side, where), `the file ${read.why}`));
  }
  return 'unread';
}

function declaredIn(body: HclBody | null, file: FileVersions): readonly Declared[] {
  return (body?.blocks ?? []).flatMap((block): Declared[] => {
    const [type = '', name = ''] = block.labels;
    if (block.type === 'resource' && name !== '') return [{ address: `${type}.${name}`, block, file }];
    if (block.type === 'module' && type !== '') return [{ address: `module.${type}`, block, file }];
    return [];
  });
}

function readStatement(block: HclBlock, module: Module): void {
  // The JSON form writes an address as a string.
  const from = block.attributes
    .get('from')
    ?.value.replace(/\s+/g, '')
    .replace(/^"(.*)"$/, '$1')
    .replaceAll('\\"', '"');
  if (block.type === 'moved' && from !== undefined) module.movedFrom.push(from);
  if (block.type === 'removed' && from !== undefined) {
    const lifecycle = block.blocks.find((inner) => inner.type === 'lifecycle');
    module.removed.set(from, lifecycle?.attributes.get('destroy')?.value !== 'false');
  }
}

function readDefaults(body: HclBody | null, variables: Map<string, string>): void {
  for (const block of body?.blocks ?? []) {
    const [name] = block.labels;
    const standard = block.attributes.get('default')?.value;
    if (block.type === 'variable' && name !== undefined && standard !== undefined) {
      variables.set(name, standard);
    }
  }
}

/** What a file of values assigns; null where it is not there or cannot be read. */
function assignmentsOf(file: FileVersions, side: Side): HclBody | null {
  const text = file[side];
  if (text === null) return null;
  const read = file.path.endsWith('.json') ? readHclJson(text) : readHcl(text);
  return read.ok ? read.body : null;
}

interface Assigned {
  readonly file: FileVersions;
  readonly base: HclBody | null;
  readonly head: HclBody | null;
}

/** The variables of a module in one way of running it: by its defaults, and by each file of values that it may be given. */
interface Setting {
  readonly base: Variables;
  readonly head: Variables;
  /** The file of values that makes this setting; null: what holds without any. */
  readonly by: Assigned | null;
}

function settingsOf(
  folder: string,
  module: Module,
  assigned: readonly Assigned[],
  modules: ReadonlyMap<string, unknown>,
): readonly Setting[] {
  // A file of values is of the nearest folder above it that holds a configuration.
  const ours = assigned.filter(({ file }) => {
    let place = file.basePath.slice(0, file.basePath.lastIndexOf('/') + 1);
    while (!modules.has(place) && place !== '') place = place.replace(/[^/]+\/$/, '');
    return place === folder;
  });
  const withValues = (variables: Variables, body: HclBody | null): Variables =>
    new Map([
      ...variables,
      ...[...(body?.attributes ?? [])].map(([name, { value }]) => [name, value] as const),
    ]);
  let standard: Setting = { base: module.variables.base, head: module.variables.head, by: null };
  for (const each of ours.filter(({ file }) => isLoadedByItself(file.path))) {
    standard = {
      base: withValues(standard.base, each.base),
      head: withValues(standard.head, each.head),
      by: each,
    };
  }
  const others = ours.filter(({ file, base, head }) => !isLoadedByItself(file.path) && base && head);
  // Where there are files of values for each environment, the defaults alone run nowhere.
  if (others.length === 0) return [standard];
  return others.map((by) => ({
    base: withValues(standard.base, by.base),
    head: withValues(standard.head, by.head),
    by,
  }));
}

function judgeModule(
  module: Module,
  settings: readonly Setting[],
  movedFrom: readonly string[],
  planned: PlannedResources,
  judgement: OpenJudgement,
): void {
  const added = [...module.head.values()].filter(({ address }) => !module.base.has(address));
  for (const before of module.base.values()) {
    const after = module.head.get(before.address);
    if (after) {
      judgeKept(before, after, settings, judgement, movedFrom, planned);
      continue;
    }
    const isMoved = movedFrom.some((from) => isSameAddress(from, before.address));
    if (isMoved || planned.has(before.address)) continue;
    judgeGone(before, added, module, settings, judgement);
  }
}

function judgeGone(
  before: Declared,
  added: readonly Declared[],
  module: Module,
  settings: readonly Setting[],
  judgement: OpenJudgement,
): void {
  const { address, block, file } = before;
  const place = placeAt(file, 'base', block.span);
  const removal = [...module.removed].find(([from]) => isSameAddress(from, address));
  if (removal?.[1] === false) {
    judgement.risks.push(
      riskAt(
        place,
        'infrastructure',
        `leaves ${address} in place and no longer manages it`,
        'nothing here changes or deletes it from now on, and nothing watches it either',
      ),
    );
    return;
  }
  if (isEmptied(block, settings)) return;
  if (block.type === 'resource' && isStateless(block.labels[0] ?? '')) {
    judgement.risks.push(
      riskAt(
        place,
        'infrastructure',
        `deletes ${address}`,
        'it holds nothing and can be made again, but what relies on it fails meanwhile',
      ),
    );
    return;
  }
  const renamed = added.find((other) => isLikely(before, other));
  if (renamed) {
    judgement.irreversible.push({
      ...place,
      kind: 'infra-replace',
      why: `it renames ${address} to ${renamed.address} without a \`moved\` block: the one is destroyed with what it holds, and an empty one is made`,
      compensation: `add \`moved { from = ${address}, to = ${renamed.address} }\``,
      reversibleBy: null,
    });
    return;
  }
  judgement.irreversible.push({
    ...place,
    kind: 'infra-destroy',
    why: `it takes ${address} out of the configuration: applied, it is destroyed with what it holds, and going back makes an empty one`,
    compensation: COMPENSATION,
    reversibleBy: null,
  });
}

/** What makes of a resource that stays another one, or takes away what protects it. */
function judgeKept(
  before: Declared,
  after: Declared,
  settings: readonly Setting[],
  judgement: OpenJudgement,
  movedFrom: readonly string[],
  planned: PlannedResources,
): void {
  const type = after.block.labels[0] ?? '';
  const isResource = after.block.type === 'resource';
  for (const protection of PROTECTIONS) judgeProtection(before, after, protection, settings, judgement);
  judgePreventDestroy(before, after, judgement);
  if ((isResource && isStateless(type)) || planned.has(after.address)) return;

  if (judgeInstances(before, after, settings, judgement)) return;
  const wasKeyed = before.block.attributes.get('for_each');
  const isKeyed = after.block.attributes.get('for_each');
  if ((wasKeyed === undefined) !== (isKeyed === undefined)) {
    const isMoved = movedFrom.some((from) => isSameAddress(from, after.address));
    if (!isMoved && !isEmptied(before.block, settings)) {
      judgement.irreversible.push({
        ...(isKeyed
          ? placeAt(after.file, 'head', isKeyed.span)
          : placeAt(before.file, 'base', wasKeyed?.span ?? null)),
        kind: 'infra-replace',
        why: `it changes the address of ${after.address} (\`for_each\` ${isKeyed ? 'added' : 'removed'}) without a \`moved\` block: what is there is destroyed and made anew`,
        compensation: 'add a `moved` block from the old address to the new one',
        reversibleBy: null,
      });
    }
    return;
  }
  for (const argument of isResource ? (FORCES_NEW[type] ?? []) : []) {
    const old = before.block.attributes.get(argument);
    const now = after.block.attributes.get(argument);
    if (!old || !now || !isLiteral(old.value) || !isLiteral(now.value) || old.value === now.value) continue;
    judgement.irreversible.push({
      ...placeAt(after.file, 'head', now.span),
      kind: 'infra-replace',
      why: `it changes ${argument} of ${after.address}, which the provider cannot change in place: the resource is destroyed with what it holds and made anew`,
      compensation:
        'make the new one beside the old, copy what it holds, switch over, and delete the old one in a later release',
      reversibleBy: null,
    });
    return;
  }
}

/** Fewer instances than before, by `count` or `for_each`; whether something was found. */
function judgeInstances(
  before: Declared,
  after: Declared,
  settings: readonly Setting[],
  judgement: OpenJudgement,
): boolean {
  for (const { base, head, by } of settings) {
    for (const argument of ['count', 'for_each']) {
      const now = after.block.attributes.get(argument);
      const old = before.block.attributes.get(argument);
      if (!now) continue;
      const [was, is] = [old ? valueOf(old.value, base) : null, valueOf(now.value, head)];
      const place = placeOfValue(now, after, by, is !== null && old?.value === now.value);
      const destroyed = (what: string): true => {
        judgement.irreversible.push({
          ...place,
          kind: 'infra-destroy',
          why: `it ${what}: destroyed with what it holds, and going back makes an empty one`,
          compensation: COMPENSATION,
          reversibleBy: null,
        });
        return true;
      };
      const isNone =
        (is?.kind === 'number' && is.number === 0) || (is?.kind === 'keys' && is.keys.length === 0);
      const wasNone =
        (was?.kind === 'number' && was.number === 0) || (was?.kind === 'keys' && was.keys.length === 0);
      // What was there is not known where neither literals nor variables tell it, unless there was no count at all.
      const wasThere = was !== null ? !wasNone : old === undefined || old.value !== now.value;
      if (isNone && wasThere) {
        return destroyed(
          argument === 'count'
            ? `sets the count of ${after.address} to 0, so that every instance of it is`
            : `leaves nothing in the for_each of ${after.address}, so that every instance of it is`,
        );
      }
      if (was?.kind === 'number' && is?.kind === 'number' && is.number < was.number) {
        return destroyed(
          `lowers the count of ${after.address} from ${was.number} to ${is.number}, so that the last of its instances are`,
        );
      }
      if (was?.kind === 'keys' && is?.kind === 'keys') {
        const gone = was.keys.filter((key) => !is.keys.includes(key));
        if (gone.length > 0) {
          const shown = gone.slice(0, 3).map((key) => `"${key.slice(0, 40)}"`);
          return destroyed(
            `takes ${shown.join(', ')}${gone.length > 3 ? ' and more' : ''} out of the for_each of ${after.address}, so that the instance is`,
          );
        }
      }
    }
  }
  return false;
}

/** Where the value stands that decides: the assignment of the variable where one was changed, else the argument. */
function placeOfValue(
  argument: HclAttribute,
  after: Declared,
  by: Assigned | null,
  isSameText: boolean,
): Place {
  if (by?.head && isSameText) {
    for (const [, name = ''] of argument.value.matchAll(/\bvar\.([\w-]+)/g)) {
      const now = by.head.attributes.get(name);
      if (now && now.value !== by.base?.attributes.get(name)?.value)
        return placeAt(by.file, 'head', now.span);
    }
  }
  return placeAt(after.file, 'head', argument.span);
}

function judgeProtection(
  before: Declared,
  after: Declared,
  protection: Protection,
  settings: readonly Setting[],
  judgement: OpenJudgement,
): void {
  const { argument, protects } = protection;
  const old = before.block.attributes.get(argument);
  const now = after.block.attributes.get(argument);
  const byDefault = after.block.type === 'resource' && protection.isOnByDefault(after.block.labels[0] ?? '');
  const written = (text: string, variables: Variables): string => {
    const value = valueOf(text, variables);
    return value?.kind === 'boolean' ? String(value.isTrue) : text;
  };
  const setting = settings.find(({ base, head }) => {
    const was = old ? written(old.value, base) === protects : byDefault && after.block.type === 'resource';
    return was && (now ? written(now.value, head) : byDefault ? protects : 'absent') !== protects;
  });
  if (!setting) return;
  const is = now ? written(now.value, setting.head) : 'absent';
  const place: Place = now
    ? placeOfValue(now, after, setting.by, old?.value === now.value)
    : placeAt(before.file, 'base', old?.span ?? null);
  if (now && is !== 'true' && is !== 'false') {
    judgement.irreversible.push(
      unjudgeableAt(
        place,
        `${argument} of ${after.address} was ${protects} and now follows ${now.value.slice(0, 80)}, whose value is not in the file`,
      ),
    );
    return;
  }
  // A module call without the argument takes the module's own default, which is not read here.
  if (!now && after.block.type === 'module') {
    judgement.risks.push(
      riskAt(
        place,
        'infrastructure',
        `no longer sets ${argument} of ${after.address}`,
        'what holds now is the default of the module',
      ),
    );
    return;
  }
  judgement.irreversible.push({
    ...place,
    kind: protection.kind,
    why: `it takes away what protects ${after.address} (${argument}): ${protection.without}`,
    compensation: `keep \`${argument} = ${protects}\`, or back up what it holds and try the restore first`,
    reversibleBy: null,
  });
}

function judgePreventDestroy(before: Declared, after: Declared, judgement: OpenJudgement): void {
  const attribute = (block: HclBlock): ReturnType<HclBody['attributes']['get']> =>
    block.blocks.find((inner) => inner.type === 'lifecycle')?.attributes.get('prevent_destroy');
  const old = attribute(before.block);
  const now = attribute(after.block);
  if (old?.value !== 'true' || now?.value === 'true') return;
  judgement.irreversible.push({
    ...(now ? placeAt(after.file, 'head', now.span) : placeAt(before.file, 'base', old.span)),
    kind: 'infra-replace',
    why: `it takes away \`prevent_destroy\` from ${after.address}: the next plan that destroys or replaces it goes through`,
    compensation: 'keep `prevent_destroy = true`, or back up what it holds and try the restore first',
    reversibleBy: null,
  });
}

/** `from` may name an instance (`a.b["x"]`) or, written in a calling module, the resource within a module. */
function isSameAddress(from: string, address: string): boolean {
  const withoutKey = from.replace(/\[[^\]]*\]$/, '');
  return withoutKey === address || withoutKey.endsWith(`.${address}`);
}

/** Nothing of it was there at the base, in any way of running it. */
function isEmptied(block: HclBlock, settings: readonly Setting[]): boolean {
  return settings.every(({ base }) =>
    ['count', 'for_each'].some((argument) => {
      const written = block.attributes.get(argument);
      const value = written ? valueOf(written.value, base) : null;
      return value?.kind === 'number'
        ? value.number === 0
        : value?.kind === 'keys' && value.keys.length === 0;
    }),
  );
}

/** Whether the one is the other under a new name: of one type, with most of its arguments alike. */
function isLikely(before: Declared, other: Declared): boolean {
  if (before.block.type !== other.block.type) return false;
  if (before.block.type === 'module') {
    const source = before.block.attributes.get('source')?.value;
    return source !== undefined && source === other.block.attributes.get('source')?.value;
  }
  if (before.block.labels[0] !== other.block.labels[0]) return false;
  const old = argumentsOf(before.block);
  const now = new Set(argumentsOf(other.block));
  return old.length === now.size && old.length === 0
    ? true
    : old.filter((argument) => now.has(argument)).length * 2 >= Math.max(old.length, now.size);
}

function argumentsOf(block: HclBody): readonly string[] {
  const result: string[] = [];
  const open: { readonly body: HclBody; readonly prefix: string }[] = [{ body: block, prefix: '' }];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const { name, value } of next.body.attributes.values()) {
      result.push(`${next.prefix}${name}=${value.replace(/\s+/g, ' ')}`);
    }
    for (const inner of next.body.blocks) open.push({ body: inner, prefix: `${next.prefix}${inner.type}.` });
  }
  return result;
}

/** A string without interpolation, a number, true or false. */
function isLiteral(value: string): boolean {
  return /^(?:"[^"$%\\]*"|-?\d+(?:\.\d+)?|true|false)$/.test(value);
}
