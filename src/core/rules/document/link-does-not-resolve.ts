import type { ReadDocument } from '../../documents/document';
import { anchorsOf } from '../../documents/markdown/anchors';
import { repositoryLinksOf, type RepositoryLink } from '../../documents/markdown/links';
import { spanOf } from '../../documents/markdown/parse';
import { remembered } from '../../text/remember';
import { nearMiss } from '../near-miss';
import type { DocumentRule, Fix, GateFacts, RuleFinding } from '../rule';
import { quoted, spansOfQuotes } from './document-severity';
import { nearPath } from './near-path';

/** A link of a document leads to a file or a heading that is not there. */
export const rule: DocumentRule = {
  id: 'link-does-not-resolve',
  title: 'A link leads nowhere in the repository',
  severity: 'warn',
  why: 'The page behind a link is opened when it is needed, and then there is no time to look for where it went.',
  subject: 'document',
  kinds: 'every',
  check: (document, facts): readonly RuleFinding[] => {
    const spared = spansOfQuotes(document);
    return repositoryLinksOf(document).flatMap((link): RuleFinding[] => {
      const span = spanOf(link.node);
      if (spared.some(({ start, end }) => start <= span.start && span.start < end)) return [];
      const lack = lackOf(document, link, facts);
      if (!lack) return [];
      const fix = lack.near === null ? null : replaceUrl(document, link, lack.near);
      return [
        {
          message: lack.message,
          path: document.path,
          span,
          status: 'fail',
          ...(fix ? { fix } : {}),
        },
      ];
    });
  },
};

interface Lack {
  readonly message: string;
  /** The whole address that was likely meant. */
  readonly near: string | null;
}

function lackOf(
  document: ReadDocument,
  { node, path, isFromRoot, anchor }: RepositoryLink,
  facts: GateFacts,
): Lack | null {
  const { url } = node;
  if (path === null || path === document.path)
    return anchor === null ? null : anchorLack(url, anchor, anchorsOf(document));
  if (path === '') return null;
  const file = fileOf(path, facts.paths);
  if (file === null) {
    if (facts.isEveryPathListed !== true || isFolder(path, facts.paths)) return null;
    // A workflow that is not there is the finding of the rule over workflows that documents name.
    if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return null;
    // A site may have another root: of such a path only one whose first folder is here is surely of the repository.
    if (isFromRoot && !isFolder(path.split('/')[0] ?? '', facts.paths)) return null;
    const near = nearPath(path, facts.paths);
    const hash = url.includes('#') ? url.slice(url.indexOf('#')) : '';
    return {
      message: `There is no ${quoted(path)} in the repository: ${near === null ? 'link to where it went, or take the link away' : `link to ${quoted(near)}, or to what was meant`}`,
      near: near === null ? null : `${isFromRoot ? `/${near}` : relative(document.path, near)}${hash}`,
    };
  }
  if (anchor === null || !/\.(?:md|markdown)$/i.test(file)) return null;
  const other = facts.documents?.find((each) => each.path === file);
  const anchors = other ? anchorsOf(other) : facts.anchors?.get(file);
  return anchors ? anchorLack(url, anchor, anchors) : null;
}

function anchorLack(url: string, anchor: string, anchors: ReadonlySet<string>): Lack | null {
  const name = anchor.replace(/^user-content-/, '');
  if (
    name === '' ||
    name === 'top' ||
    /^l\d+(?:-l\d+)?$/.test(name) ||
    anchors.has(name) ||
    anchors.has(anchor)
  )
    return null;
  // Text that is marked in the page (`#:~:text=`) is no anchor.
  if (name.startsWith(':~:')) return null;
  const near = nearMiss(name, anchors);
  const before = url.slice(0, url.indexOf('#'));
  return {
    message: `No heading${before === '' ? '' : ` of ${quoted(before)}`} has the anchor ${quoted(`#${name}`)}: ${near === null ? 'link to one that is there' : `take ${quoted(`#${near}`)}, or the anchor that was meant`}`,
    near: near === null ? null : `${before}#${near}`,
  };
}

/** The file that a path means, sites' habit of leaving out `.md` included. */
function fileOf(path: string, paths: ReadonlySet<string>): string | null {
  return (
    [path, `${path}.md`, `${path}/README.md`, `${path}/index.md`].find((each) => paths.has(each)) ?? null
  );
}

const foldersOf = remembered((paths: ReadonlySet<string>): ReadonlySet<string> => {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
});

function isFolder(path: string, paths: ReadonlySet<string>): boolean {
  return path !== '' && foldersOf(paths).has(path);
}

function relative(from: string, to: string): string {
  const source = from.split('/').slice(0, -1);
  const target = to.split('/');
  let shared = 0;
  while (shared < source.length && shared < target.length - 1 && source[shared] === target[shared]) shared++;
  const path = [...source.slice(shared).map(() => '..'), ...target.slice(shared)].join('/');
  return path.replace(/ /g, '%20');
}

/** The address as it is written; null where it is written otherwise than it reads. */
function replaceUrl(document: ReadDocument, { node }: RepositoryLink, near: string): Fix | null {
  const span = spanOf(node);
  const source = document.text.slice(span.start, span.end);
  const at = source.lastIndexOf(node.url);
  if (at < 0) return null;
  const start = span.start + at;
  return {
    kind: 'proposed',
    title: `Link to ${near}`,
    edits: [{ path: document.path, edits: [{ span: { start, end: start + node.url.length }, text: near }] }],
  };
}
