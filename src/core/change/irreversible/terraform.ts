import type { Detected } from './detector';
import type { FileVersions, OpenJudgement, Place, Side } from './file-versions';
import { placeAt, riskAt, startJudgement, unjudgeableAt } from './file-versions';
import { readHcl, type HclBlock, type HclBody } from './hcl';
import type { PlannedResources } from './terraform-plan';
import { FORCES_NEW, isStateless, PROTECTIONS, type Protection } from './terraform-tables';

/** Whether the file is one of Terraform or OpenTofu that this detector reads. */
export function isTerraform(path: string): boolean {
  return /\.(?:tf|tofu)$/.test(path);
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
  readonly variables: Map<string, string>;
}

/**
 * Judges Terraform by its configuration: what is declared at the base and not at the head is destroyed when the head is
 * applied, unless a `moved` or `removed` block says otherwise. Resources that a plan in the same range names are left
 * to it.
 */
export function judgeTerraform(files: readonly FileVersions[], planned: PlannedResources): Detected {
  const judgement = startJudgement();
  const modules = new Map<string, Module>();
  for (const file of files) {
    const folder = file.basePath.slice(0, file.basePath.lastIndexOf('/') + 1);
    const module = modules.get(folder) ?? {
      base: new Map<string, Declared>(),
      head: new Map<string, Declared>(),
      movedFrom: [],
      removed: new Map<string, boolean>(),
      variables: new Map<string, string>(),
    };
    modules.set(folder, module);
    const base = bodyOf(file, 'base', judgement);
    const head = bodyOf(file, 'head', judgement);
    // With one end unread, everything of the other would look new or gone.
    if (base === 'unread' || head === 'unread') continue;
    for (const declared of declaredIn(base, file)) module.base.set(declared.address, declared);
    for (const declared of declaredIn(head, file)) module.head.set(declared.address, declared);
    for (const block of head?.blocks ?? []) readStatement(block, module);
  }
  const movedFrom = [...modules.values()].flatMap((module) => module.movedFrom);
  for (const module of modules.values()) judgeModule(module, movedFrom, planned, judgement);
  return judgement;
}

function bodyOf(file: FileVersions, side: Side, judgement: OpenJudgement): HclBody | null | 'unread' {
  const text = file[side];
  if (text === null) return null;
  const read = readHcl(text);
  if (read.ok) return read.body;
  // A new file that cannot be read takes nothing away.
  if (file.base !== null) {
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
  const from = block.attributes.get('from')?.value.replace(/\s+/g, '');
  if (block.type === 'moved' && from !== undefined) module.movedFrom.push(from);
  if (block.type === 'removed' && from !== undefined) {
    const lifecycle = block.blocks.find((inner) => inner.type === 'lifecycle');
    module.removed.set(from, lifecycle?.attributes.get('destroy')?.value !== 'false');
  }
  const [name] = block.labels;
  const standard = block.attributes.get('default')?.value;
  if (block.type === 'variable' && name !== undefined && standard !== undefined) {
    module.variables.set(name, standard);
  }
}

function judgeModule(
  module: Module,
  movedFrom: readonly string[],
  planned: PlannedResources,
  judgement: OpenJudgement,
): void {
  const added = [...module.head.values()].filter(({ address }) => !module.base.has(address));
  for (const before of module.base.values()) {
    const after = module.head.get(before.address);
    if (after) {
      judgeKept(before, after, module, judgement, movedFrom, planned);
      continue;
    }
    const isMoved = movedFrom.some((from) => isSameAddress(from, before.address));
    if (isMoved || planned.has(before.address)) continue;
    judgeGone(before, added, module, judgement);
  }
}

function judgeGone(
  before: Declared,
  added: readonly Declared[],
  module: Module,
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
  if (isEmptied(block)) return;
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
  module: Module,
  judgement: OpenJudgement,
  movedFrom: readonly string[],
  planned: PlannedResources,
): void {
  const type = after.block.labels[0] ?? '';
  const isResource = after.block.type === 'resource';
  for (const protection of PROTECTIONS) judgeProtection(before, after, protection, module, judgement);
  judgePreventDestroy(before, after, judgement);
  if ((isResource && isStateless(type)) || planned.has(after.address)) return;

  const count = after.block.attributes.get('count');
  if (count?.value === '0' && before.block.attributes.get('count')?.value !== '0') {
    judgement.irreversible.push({
      ...placeAt(after.file, 'head', count.span),
      kind: 'infra-destroy',
      why: `it sets the count of ${after.address} to 0: every instance of it is destroyed with what it holds`,
      compensation: COMPENSATION,
      reversibleBy: null,
    });
    return;
  }
  const wasKeyed = before.block.attributes.get('for_each');
  const isKeyed = after.block.attributes.get('for_each');
  if ((wasKeyed === undefined) !== (isKeyed === undefined)) {
    const isMoved = movedFrom.some((from) => isSameAddress(from, after.address));
    if (!isMoved && !isEmptied(before.block)) {
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

function judgeProtection(
  before: Declared,
  after: Declared,
  protection: Protection,
  module: Module,
  judgement: OpenJudgement,
): void {
  const { argument, protects } = protection;
  const old = before.block.attributes.get(argument);
  const now = after.block.attributes.get(argument);
  const byDefault = after.block.type === 'resource' && protection.isOnByDefault(after.block.labels[0] ?? '');
  const was = old ? old.value === protects : byDefault && after.block.type === 'resource';
  const is = now ? valueOf(now.value, module) : byDefault ? protects : 'absent';
  if (!was || is === protects) return;
  const place: Place = now
    ? placeAt(after.file, 'head', now.span)
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

/** Nothing of it was there at the base. */
function isEmptied(block: HclBlock): boolean {
  return block.attributes.get('count')?.value === '0';
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

/** The value as far as the folder's own files tell it: that of a variable is its default. */
function valueOf(value: string, module: Module): string {
  const variable = /^var\.([\w-]+)$/.exec(value)?.[1];
  return variable === undefined ? value : (module.variables.get(variable) ?? value);
}
