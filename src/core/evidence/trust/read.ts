import { lineIndex, type Span } from '../../text/position';
import { readLiteral, type LiteralValue } from '../../text/hcl-expression';
import { readPlaced, type DataPath, type PlacedDocument } from '../detect/places';
import { grantsOfPolicy } from './policies';
import { trustInTerraform } from './terraform';
import { ISSUER_HOST, type PoolMember, type TrustFile, type TrustGrant } from './trust';

/** One command of a script, as the shell's parser reads it. */
export interface ScriptCommand {
  readonly words: readonly string[];
  readonly span: Span;
  readonly hereText: string | null;
}

/** Whether a file of that name may say who trusts GitHub's tokens. */
export function isTrustPath(path: string): boolean {
  if (path.startsWith('.github/workflows/')) return false;
  if (/\.tf$/.test(path)) return true;
  if (/\.sh$/.test(path)) return true;
  return (
    /\.(?:json|ya?ml|template|json\.(?:tf)?tpl)$/.test(path) &&
    /iam|oidc|trust|polic|role|identit|federat|infra|terraform|cloudformation|cfn|stack|template|bootstrap|aws/i.test(
      path,
    ) &&
    !/(?:^|\/)(?:package(?:-lock)?|tsconfig[\w.-]*|composer)\.json$/.test(path)
  );
}

/**
 * What a file says of trust in GitHub's tokens; null for one that says nothing.
 *
 * @param commandsOf The commands of a script; asked for shell scripts only.
 */
export function readTrustFile(
  path: string,
  text: string,
  commandsOf: (script: string) => readonly ScriptCommand[],
): TrustFile | null {
  const isTerraform = path.endsWith('.tf');
  if (
    !text.includes(ISSUER_HOST) &&
    !(isTerraform && /principalSet:|federated_identity_credential/.test(text))
  )
    return null;
  const found = isTerraform
    ? trustInTerraform(path, text)
    : {
        grants: path.endsWith('.sh') ? ofScript(text, commandsOf(text)) : ofDocument(text),
        poolMembers: NONE,
      };
  return found.grants.length + found.poolMembers.length === 0
    ? null
    : { path, text, lines: lineIndex(text), ...found };
}

const NONE: readonly PoolMember[] = [];

/** JSON and YAML: a trust policy by itself, or inside a template of CloudFormation. */
function ofDocument(text: string): readonly TrustGrant[] {
  const read = readPlaced(text);
  if (!read.ok) return [];
  const lines = lineIndex(text);
  return read.documents.flatMap((document) => {
    const span = (path: DataPath): Span => {
      const range = document.rangeOf(path);
      return range
        ? { start: lines.offsetAt(range.start), end: lines.offsetAt(range.end) }
        : { start: 0, end: 0 };
    };
    const { data } = document;
    const resources = mapOf(mapOf(data)?.['Resources']);
    if (!resources) return grantsOfPolicy(literalOf(document, span, [], 0), 'the trust policy', null);
    return Object.entries(resources).flatMap(([name, resource]) => {
      const properties = mapOf(mapOf(resource)?.['Properties']);
      if (properties?.['AssumeRolePolicyDocument'] === undefined) return [];
      const role = properties['RoleName'];
      return grantsOfPolicy(
        literalOf(document, span, ['Resources', name, 'Properties', 'AssumeRolePolicyDocument'], 0),
        `the role "${name}"`,
        typeof role === 'string' ? role : null,
      );
    });
  });
}

/** Data nested deeper than this is no policy. */
const MAX_DEPTH = 40;

/** Plain data with its places as the value that policies are read from. */
function literalOf(
  document: PlacedDocument,
  spanOf: (path: DataPath) => Span,
  path: DataPath,
  depth: number,
): LiteralValue {
  let data: unknown = document.data;
  for (const part of path) data = (mapOf(data) ?? (data as readonly unknown[] | undefined))?.[part as never];
  const span = spanOf(path);
  if (typeof data === 'string') return { kind: 'text', text: data, isOpen: /\$\{/.test(data), span };
  if (depth < MAX_DEPTH && Array.isArray(data)) {
    return {
      kind: 'list',
      items: data.map((_, index) => literalOf(document, spanOf, [...path, index], depth + 1)),
      span,
    };
  }
  const map = mapOf(data);
  if (depth < MAX_DEPTH && map) {
    // `Fn::Sub` of JSON is the text that it fills in.
    const sub = map['Fn::Sub'];
    if (typeof sub === 'string') return { kind: 'text', text: sub, isOpen: /\$\{/.test(sub), span };
    if (Object.keys(map).some((key) => /^(?:Fn::|Ref$)/.test(key))) return { kind: 'other', text: '', span };
    return {
      kind: 'map',
      entries: Object.keys(map).map((key) => ({
        key,
        keySpan: spanOf([...path, key]),
        value: literalOf(document, spanOf, [...path, key], depth + 1),
      })),
      span,
    };
  }
  return {
    kind: 'other',
    text: typeof data === 'number' || typeof data === 'boolean' ? String(data) : '',
    span,
  };
}

function mapOf(data: unknown): Readonly<Record<string, unknown>> | null {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? (data as Readonly<Record<string, unknown>>)
    : null;
}

/** A policy that a script writes, and providers that it makes. */
function ofScript(text: string, commands: readonly ScriptCommand[]): readonly TrustGrant[] {
  const grants: TrustGrant[] = [];
  for (const { words, span, hereText } of commands) {
    const policies = [hereText ?? '', ...words].filter(
      (each) => each.includes(ISSUER_HOST) && /"Statement"/.test(each),
    );
    for (const policy of policies) {
      const start = text.indexOf(policy.trim().slice(0, 60), span.start);
      const brace = start < 0 ? -1 : text.indexOf('{', start);
      const value = brace < 0 ? null : readLiteral(text, brace);
      if (value) grants.push(...grantsOfPolicy(value, 'the trust policy that this script writes', null));
    }
    const line = words.join(' ');
    if (
      /^gcloud (?:beta |alpha )?iam workload-identity-pools providers create-oidc\b/.test(line) &&
      line.includes(ISSUER_HOST)
    ) {
      const condition = words.find((word) => word.startsWith('--attribute-condition'));
      grants.push({
        provider: 'google',
        name: 'the provider that this command makes',
        span,
        tests: [],
        isPartly: condition !== undefined,
        identity: null,
        roleName: null,
        isOfEnterprise: false,
        audienceAt: null,
      });
    }
  }
  return grants;
}
