import { readPlaced, stringAt } from '../../evidence/detect/places';
import { readHcl, type HclBody } from '../../text/hcl';
import { lineIndex } from '../../text/position';

/** Something that a file of infrastructure says, with its line and what mends it. */
export interface CodePlace {
  readonly path: string;
  readonly line: number;
  /** A phrase. */
  readonly what: string;
  readonly fix: string;
}

/** Modules and images that may be others tomorrow under the same name. */
export function unpinnedIn(path: string, text: string): readonly CodePlace[] {
  if (/\.tf$/.test(path)) {
    const read = readHcl(text);
    if (!read.ok) return [];
    const lines = lineIndex(text);
    return read.body.blocks.flatMap((block): CodePlace[] => {
      const source = literal(block, 'source');
      if (block.type !== 'module' || source === null || /^\.{1,2}\//.test(source)) return [];
      const isGit = /^(?:git(?:::|@)|github\.com|bitbucket\.org)|\.git(?:$|\?|\/\/)/.test(source);
      const isPinned = isGit ? /[?&]ref=/.test(source) : block.attributes.has('version');
      // An archive's address, a bucket: what is behind it is not told.
      if (isPinned || /^(?:https?|s3|gcs)(?:::|:)/.test(source)) return [];
      return [
        {
          path,
          line: lines.positionAt(block.header.start).line,
          what: `the module ${block.labels[0] ?? ''} is taken from ${source} without a version`,
          fix: isGit ? 'add ?ref= with a tag or commit to its source' : 'add a version to the module',
        },
      ];
    });
  }
  if (!/\.ya?ml$/.test(path) || /\{\{/.test(text) || !/^\s*(?:-\s+)?image:/m.test(text)) return [];
  const read = readPlaced(text);
  if (!read.ok) return [];
  return text.split(/\r?\n/).flatMap((line, index): CodePlace[] => {
    const image = /^\s*(?:-\s+)?image:\s*["']?([\w./:@-]+)["']?\s*$/.exec(line)?.[1];
    if (image === undefined || image.includes('@sha256:')) return [];
    const tag = /:([\w.-]+)$/.exec(image)?.[1];
    if (tag !== undefined && !/^(?:latest|stable|edge|main|master|nightly)$/.test(tag)) return [];
    // What a deployment puts in is no tag of the file's.
    if (tag === undefined && read.documents.some(({ data }) => stringAt(data, ['kind']) === 'Kustomization'))
      return [];
    return [
      {
        path,
        line: index + 1,
        what: `the image ${image} is named ${tag === undefined ? 'without a tag' : `by the tag ${tag}, which moves`}`,
        fix: 'name it by version or digest',
      },
    ];
  });
}

/** Permissions for everything, and ways in from everywhere. */
export function loosePermissionsIn(path: string, text: string): readonly CodePlace[] {
  const found: CodePlace[] = [];
  const isTerraform = /\.tf$/.test(path);
  text.split(/\r?\n/).forEach((line, index) => {
    if (/^\s*(?:#|\/\/)/.test(line)) return;
    const add = (what: string, fix: string): void => {
      found.push({ path, line: index + 1, what, fix });
    };
    if (isTerraform && /^\s*"?(?:actions?|Action)"?\s*[=:]\s*\[?\s*"\*(?::\*)?"/.test(line))
      add('every action is allowed', 'list the actions that are needed');
    if (isTerraform && /"roles\/(?:owner|editor)"/.test(line))
      add('the role of an owner or editor is given', 'give the role of what is done with it');
    if (!isTerraform && /\.ya?ml$/.test(path) && /^\s*name:\s*["']?cluster-admin["']?\s*$/.test(line))
      add('the role cluster-admin is given', 'give a role of the namespace');
    if (!isTerraform && /\.ya?ml$/.test(path) && /^\s*(?:-\s+)?verbs:\s*\[\s*["']\*["']\s*\]/.test(line))
      add('every verb is allowed', 'list the verbs that are needed');
  });
  if (isTerraform) found.push(...openIngress(path, text));
  return found;
}

/** Ways in from everywhere but for the ports of the web; a way out is none. */
function openIngress(path: string, text: string): readonly CodePlace[] {
  const read = readHcl(text);
  if (!read.ok) return [];
  const lines = lineIndex(text);
  const isOpen = (body: HclBody): boolean =>
    [...body.attributes.values()].some(
      ({ name, value }) =>
        /cidr|source_ranges|source_address_prefix/.test(name) && /"(?:0\.0\.0\.0\/0|::\/0|\*)"/.test(value),
    );
  const isWeb = (body: HclBody): boolean =>
    ['to_port', 'destination_port_range'].some((name) =>
      /^"?(?:80|443)"?$/.test(body.attributes.get(name)?.value ?? ''),
    );
  return read.body.blocks.flatMap((block): CodePlace[] => {
    const [type = '', label = ''] = block.labels;
    const bodies =
      type === 'aws_security_group'
        ? block.blocks.filter((inner) => inner.type === 'ingress')
        : (type === 'aws_security_group_rule' && literal(block, 'type') === 'ingress') ||
            type === 'aws_vpc_security_group_ingress_rule' ||
            (type === 'google_compute_firewall' && literal(block, 'direction') !== 'EGRESS') ||
            (type === 'azurerm_network_security_rule' && literal(block, 'direction') === 'Inbound')
          ? [block]
          : [];
    return bodies
      .filter((body) => isOpen(body) && !isWeb(body))
      .map((body) => ({
        path,
        line: lines.positionAt(body.span.start).line,
        what: `${type}.${label} lets traffic in from everywhere`,
        fix: 'name the networks that have to reach it',
      }));
  });
}

/** Values of one account or place, written where a variable belongs; files of values are where they belong. */
export function hardCodedIn(path: string, text: string): readonly CodePlace[] {
  if (!/\.tf$|\.ya?ml$/.test(path)) return [];
  const patterns: readonly (readonly [RegExp, string])[] = [
    [
      /\b\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\b/,
      'an AWS account and its region stand in the name of an image',
    ],
    [/"arn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):/, 'an AWS account stands in an ARN'],
    [/"ami-[0-9a-f]{8,17}"/, 'an AMI stands in the code'],
    [/=\s*"(?:subnet|vpc|sg)-[0-9a-f]{8,17}"/, 'the id of a network stands in the code'],
    [/=\s*"(?!0\.0\.0\.0"|127\.)\d{1,3}(?:\.\d{1,3}){3}"/, 'an IP address stands in the code'],
  ];
  return text.split(/\r?\n/).flatMap((line, index): CodePlace[] => {
    if (/^\s*(?:#|\/\/)/.test(line) || line.length > 2_000) return [];
    const found = patterns.find(([pattern]) => pattern.test(line));
    return found
      ? [
          {
            path,
            line: index + 1,
            what: found[1],
            fix: 'take it from a variable, a data source or the values of the environment',
          },
        ]
      : [];
  });
}

function literal(block: HclBody, name: string): string | null {
  return /^"([^"]*)"$/.exec(block.attributes.get(name)?.value.trim() ?? '')?.[1] ?? null;
}
