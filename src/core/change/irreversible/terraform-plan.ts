import { dataAt, listAt, stringAt } from '../../evidence/detect/places';
import { isStateless } from './terraform-tables';
import type { Detected } from './detector';
import { placeAt, riskAt, startJudgement, type FileVersions, type Place } from './file-versions';

/** The resources that the plans of a range know, by their address without module and instance key. */
export type PlannedResources = ReadonlySet<string>;

/** What the plans say, and which resources they speak of. */
export interface PlanJudgement extends Detected {
  readonly planned: PlannedResources;
  /** The files that are plans. */
  readonly paths: readonly string[];
}

/** Whether a text may be the JSON of `terraform show -json`; told by its content, whatever its name. */
export function looksLikePlan(text: string): boolean {
  return /"resource_changes"\s*:\s*\[/.test(text) && /"format_version"\s*:/.test(text);
}

/**
 * Judges the actions of plans among the changed files. An action that the base's plan of the same file has too is not
 * part of this change.
 *
 * Format: https://developer.hashicorp.com/terraform/internals/json-format (`resource_changes[].change.actions`).
 */
export function judgePlans(files: readonly FileVersions[]): PlanJudgement {
  const judgement = startJudgement();
  const planned = new Set<string>();
  const paths: string[] = [];
  for (const file of files) {
    if (file.head === null || !looksLikePlan(file.head)) continue;
    const changes = changesOf(file.head);
    if (changes === null) continue;
    paths.push(file.path);
    judgement.touches.push({ kind: 'infrastructure', path: file.path });
    const before = new Set((file.base === null ? [] : (changesOf(file.base) ?? [])).map(keyOf));
    const find = addressFinder(file.head);
    for (const change of changes) {
      const { address, type, actions } = change;
      const span = find(address);
      planned.add(withoutModule(address));
      if (address.startsWith('module.')) planned.add(/^module\.[^.[]+/.exec(address)?.[0] ?? address);
      if (
        before.has(keyOf(change)) ||
        !actions.some((action) => action === 'delete' || action === 'forget')
      ) {
        continue;
      }
      const place = placeAt(file, 'head', span, `${address}: ${actions.join(', ')}`);
      judgeChange(place, address, type, actions, judgement);
    }
  }
  return { ...judgement, planned, paths };
}

function judgeChange(
  place: Place,
  address: string,
  type: string,
  actions: readonly string[],
  judgement: ReturnType<typeof startJudgement>,
): void {
  const isReplaced = actions.includes('create');
  if (!actions.includes('delete')) {
    judgement.risks.push(
      riskAt(
        place,
        'infrastructure',
        `leaves ${address} in place and no longer manages it`,
        'nothing here changes or deletes it from now on, and nothing watches it either',
      ),
    );
  } else if (isStateless(type)) {
    judgement.risks.push(
      riskAt(
        place,
        'infrastructure',
        `${isReplaced ? 'replaces' : 'deletes'} ${address}`,
        'it holds nothing and can be made again, but what relies on it fails meanwhile',
      ),
    );
  } else {
    judgement.irreversible.push({
      ...place,
      kind: isReplaced ? 'infra-replace' : 'infra-destroy',
      why: isReplaced
        ? `it destroys ${address} and makes it anew: what the old one held is not in the new one`
        : `it destroys ${address} with what it holds: going back makes an empty one`,
      compensation: isReplaced
        ? 'make the new one beside the old, copy what it holds, switch over, and delete the old one in a later release'
        : 'back up what it holds and try the restore first, or take it out of the state without destroying it',
      reversibleBy: null,
    });
  }
}

interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
}

/** Null where the text is no plan after all. */
function changesOf(text: string): readonly PlannedChange[] | null {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
  if (stringAt(data, ['format_version']) === null || !Array.isArray(dataAt(data, ['resource_changes'])))
    return null;
  return listAt(data, ['resource_changes']).flatMap((change) => {
    const address = stringAt(change, ['address']);
    if (address === null || stringAt(change, ['mode']) === 'data') return [];
    const actions = listAt(change, ['change', 'actions']).filter((each) => typeof each === 'string');
    return [{ address, type: stringAt(change, ['type']) ?? '', actions }];
  });
}

function keyOf({ address, actions }: PlannedChange): string {
  return `${address}\n${actions.join()}`;
}

/** Where addresses stand in the list of changes; each search goes on behind the one before. */
function addressFinder(text: string): (address: string) => { start: number; end: number } | null {
  const list = text.search(/"resource_changes"\s*:\s*\[/);
  let at = Math.max(0, list);
  return (address) => {
    const literal = JSON.stringify(address);
    for (let start = text.indexOf(literal, at); start !== -1; start = text.indexOf(literal, start + 1)) {
      if (!/"address"\s*:\s*$/.test(text.slice(Math.max(0, start - 40), start))) continue;
      at = start + literal.length;
      return { start, end: at };
    }
    return null;
  };
}

/** `module.a["x"].aws_b.c[0]` as the file that declares it calls it: `aws_b.c`. */
function withoutModule(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '').replace(/^(?:module\.[^.]+\.)+/, '');
}
