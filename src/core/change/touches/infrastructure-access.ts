import { lineIndex } from '../../text/position';
import { dataAt, mapAt, type PlacedDocument } from '../../evidence/detect/places';
import type { TouchEvidence } from '../change';
import type { DetectorWorld } from '../irreversible/detector';
import { readHcl, type HclBlock } from '../../text/hcl';
import { readTemplatedYaml } from '../irreversible/templated-yaml';
import { isDocumentation, isTestOrSample, isVendored } from '../path-kinds';
import {
  namesChanged,
  readTextEnds,
  shownEvidence,
  type FamilyRead,
  type NamedLines,
  type TextEnds,
} from './file-ends';

type Seen = Omit<TouchEvidence, 'kind' | 'path'>;

/** Objects of Kubernetes that say who may do what. */
const ACCESS_KIND =
  /^(?:Cluster)?Role(?:Binding)?$|^ServiceAccount$|^NetworkPolicy$|^(?:Authorization|Peer)?Policy$|^(?:Authorization)Policy$/;

const HOLDS_ACCESS =
  /\bkind:\s*["']?(?:(?:Cluster)?Role(?:Binding)?|ServiceAccount|NetworkPolicy|AuthorizationPolicy)\b/;
const HOLDS_SECRET = /\b(?:secretKeyRef|secretRef|secretName)\s*:/;

/** Resources of Terraform that say who may do what, by their types. */
const ACCESS_RESOURCE =
  /^(?:aws_iam_|aws_[a-z0-9_]*_policy(?:_attachment)?$|aws_ssoadmin_|google_[a-z0-9_]*iam_|google_service_account|azurerm_role_|azuread_|kubernetes_(?:cluster_)?role|kubernetes_service_account|vault_policy|github_(?:team|branch_protection|repository_collaborator)|okta_|oci_identity_)/;

/** Resources of Terraform that hold or give a secret. */
const SECRET_RESOURCE =
  /(?:_secret(?:_version)?$|^aws_ssm_parameter$|^azurerm_key_vault_(?:secret|key)$|^vault_(?:generic|kv)_secret|^github_actions_(?:organization_)?secret$|_access_key$|^google_service_account_key$)/;

/** Who may do what and which secrets are used in the range's manifests and Terraform files. */
export async function readInfrastructureAccess(world: DetectorWorld): Promise<FamilyRead> {
  const isOurs = (path: string): boolean =>
    !isTestOrSample(path) && !isDocumentation(path) && !isVendored(path);
  const [manifests, terraform] = await Promise.all([
    readTextEnds(world, (path) => /\.ya?ml$/i.test(path) && !/^\.github\//.test(path) && isOurs(path)),
    readTextEnds(world, (path) => /\.tf$/i.test(path) && isOurs(path)),
  ]);
  return {
    evidence: [...manifests.flatMap(ofManifests), ...terraform.flatMap(ofTerraform)],
    untouched: [],
  };
}

function ofManifests({ file, base, head }: TextEnds): readonly TouchEvidence[] {
  const texts = [base, head].filter((text) => text !== null);
  const hasAccess = texts.some((text) => HOLDS_ACCESS.test(text));
  const hasSecret = texts.some((text) => HOLDS_SECRET.test(text));
  if (!hasAccess && !hasSecret) return [];
  const [before, after] = [documentsOf(base), documentsOf(head)];
  const access: Seen[] = [];
  const old = accessOf(before);
  for (const [name, now] of accessOf(after)) {
    const was = old.get(name);
    if (was?.says === now.says) continue;
    access.push({ range: now.range, side: 'head', what: `${was ? 'changes' : 'adds'} the ${name}` });
  }
  const names = new Set(accessOf(after).keys());
  for (const [name, was] of old) {
    if (!names.has(name)) access.push({ range: was.range, side: 'base', what: `removes the ${name}` });
  }
  const secrets = namesChanged(secretsOf(before), secretsOf(after), { base, head })
    .filter(({ change }) => change === 'added')
    .map(({ name, range, side }) => ({ range, side, what: `uses ${name}` }));
  return [...shownEvidence('permissions', file, access), ...shownEvidence('secrets', file, secrets)];
}

function documentsOf(text: string | null): readonly PlacedDocument[] {
  if (text === null) return [];
  const read = readTemplatedYaml(text);
  return read.ok ? read.documents : [];
}

function accessOf(
  documents: readonly PlacedDocument[],
): ReadonlyMap<string, { readonly says: string; readonly range: TouchEvidence['range'] }> {
  const found = new Map<string, { says: string; range: TouchEvidence['range'] }>();
  for (const document of documents) {
    const { data } = document;
    const kind = dataAt(data, ['kind']);
    if (typeof kind !== 'string' || !ACCESS_KIND.test(kind)) continue;
    const metadata = mapAt(data, ['metadata']);
    const name = [metadata['namespace'], metadata['name']]
      .filter((part) => typeof part === 'string')
      .join('/');
    const { rules, subjects, roleRef, spec, aggregationRule, automountServiceAccountToken } = mapAt(data, []);
    // What it allows, and whom. Labels and the like allow nothing; annotations of an account give it a role of a cloud.
    const says = JSON.stringify([
      rules,
      subjects,
      roleRef,
      spec,
      aggregationRule,
      automountServiceAccountToken,
      kind === 'ServiceAccount' ? metadata['annotations'] : null,
    ]);
    found.set(`${kind} ${name}`, { says, range: document.rangeOf(['kind']) });
  }
  return found;
}

function secretsOf(documents: readonly PlacedDocument[]): NamedLines {
  const names = new Map<string, number>();
  for (const document of documents) {
    const walk = (value: unknown, path: readonly (string | number)[]): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
        const at = [...path, Array.isArray(value) ? Number(key) : key];
        const name =
          key === 'secretKeyRef' || key === 'secretRef'
            ? dataAt(inner, ['name'])
            : key === 'secretName' && path.length > 0
              ? inner
              : null;
        if (typeof name === 'string') {
          const part = dataAt(inner, ['key']);
          const said = `${typeof part === 'string' ? `the key ${part} of ` : ''}the secret ${name}`;
          if (!names.has(said)) names.set(said, document.rangeOf(at)?.start.line ?? 1);
        }
        walk(inner, at);
      }
    };
    walk(document.data, []);
  }
  return names;
}

function ofTerraform({ file, base, head }: TextEnds): readonly TouchEvidence[] {
  const [before, after] = [resourcesOf(base), resourcesOf(head)];
  const lines = { base: lineIndex(base ?? ''), head: lineIndex(head ?? '') };
  const seen = (isKind: RegExp): readonly Seen[] => [
    ...[...after].flatMap(([address, { block, text }]): readonly Seen[] => {
      const was = before.get(address);
      if (!isKind.test(block.labels[0] ?? '') || was?.text === text) return [];
      return [
        {
          range: lines.head.rangeOf(block.header),
          side: 'head',
          what: `${was ? 'changes' : 'adds'} ${address}`,
        },
      ];
    }),
    ...[...before].flatMap(([address, { block }]): readonly Seen[] =>
      isKind.test(block.labels[0] ?? '') && !after.has(address)
        ? [{ range: lines.base.rangeOf(block.header), side: 'base', what: `removes ${address}` }]
        : [],
    ),
  ];
  return [
    ...shownEvidence('permissions', file, seen(ACCESS_RESOURCE)),
    ...shownEvidence('secrets', file, seen(SECRET_RESOURCE)),
  ];
}

function resourcesOf(
  text: string | null,
): ReadonlyMap<string, { readonly block: HclBlock; readonly text: string }> {
  const found = new Map<string, { block: HclBlock; text: string }>();
  const read = text === null ? null : readHcl(text);
  if (text === null || !read?.ok) return found;
  for (const block of read.body.blocks) {
    if (block.type !== 'resource' || block.labels.length !== 2) continue;
    found.set(block.labels.join('.'), {
      block,
      text: text
        .slice(block.span.start, block.span.end)
        .replace(/#.*$|\/\/.*$/gm, '')
        .replace(/\s+/g, ' '),
    });
  }
  return found;
}
