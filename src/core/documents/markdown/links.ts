import type { Definition, Image, Link, Nodes } from 'mdast';
import { remembered } from '../../text/remember';
import type { ReadDocument } from '../document';

/** A link to a place of the repository: to a file or folder, to a heading, or to a heading of a file. */
export interface RepositoryLink {
  readonly node: Link | Image | Definition;
  /** From the root, without `/` at its end; '' is the root itself. Null: the document that the link stands in. */
  readonly path: string | null;
  /** Begins at the root (`/docs/x.md`): some sites mean another root than the repository's. */
  readonly isFromRoot: boolean;
  /** Decoded, in lower case, without `#`; null where there is none. */
  readonly anchor: string | null;
}

/** The links of a document that stay in its repository; addresses, templates and what leads out of it are none. */
export const repositoryLinksOf = remembered(
  (document: Pick<ReadDocument, 'tree' | 'path'>): readonly RepositoryLink[] => {
    const links: RepositoryLink[] = [];
    const walk = (node: Nodes): void => {
      if (node.type === 'link' || node.type === 'image' || node.type === 'definition') {
        const link = readLink(document.path, node);
        if (link) links.push(link);
      }
      if ('children' in node) node.children.forEach(walk);
    };
    walk(document.tree);
    return links;
  },
);

function readLink(from: string, node: Link | Image | Definition): RepositoryLink | null {
  const { url } = node;
  // `[](#name)` shows nothing: it marks a place for some renderers.
  if (node.type === 'link' && node.children.length === 0) return null;
  if (url === '' || /^[a-z][a-z0-9+.-]*:|^\/\/|[{}$<>\\]|UNKNOWN\(/i.test(url)) return null;
  const [, target = '', , hash] = /^([^?#]*)(\?[^#]*)?(?:#(.*))?$/s.exec(url) ?? [];
  const anchor = hash === undefined ? null : decoded(hash).toLowerCase();
  if (target === '') return { node, path: null, isFromRoot: false, anchor };
  const isFromRoot = target.startsWith('/');
  const path = resolve(isFromRoot ? '' : from.slice(0, from.lastIndexOf('/') + 1), decoded(target));
  return path === null ? null : { node, path, isFromRoot, anchor };
}

/** Null where the path leads out of the repository: `../../issues` is a page of GitHub's. */
function resolve(folder: string, target: string): string | null {
  const parts = folder.split('/').filter((part) => part !== '');
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
