import type { Nodes } from 'mdast';
import { toString } from 'mdast-util-to-string';
import { remembered } from '../../text/remember';
import type { ReadDocument } from '../document';

/**
 * The anchors of headings in their order, as GitHub makes them: lower case, punctuation gone, blanks as hyphens, and a
 * number behind one that was there before. https://github.com/Flet/github-slugger
 */
export function anchorsOfTitles(titles: Iterable<string>): ReadonlySet<string> {
  const taken = new Map<string, number>();
  for (const title of titles) {
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replace(/ /g, '-');
    let anchor = slug;
    for (let number = taken.get(slug) ?? 0; taken.has(anchor);) {
      number++;
      taken.set(slug, number);
      anchor = `${slug}-${number}`;
    }
    taken.set(anchor, 0);
  }
  return new Set(taken.keys());
}

/** Every anchor of a document: its headings' and those that its HTML gives. */
export const anchorsOf = remembered((document: Pick<ReadDocument, 'tree'>): ReadonlySet<string> => {
  const titles: string[] = [];
  const own = new Set<string>();
  const walk = (node: Nodes): void => {
    // A picture in a heading gives nothing to its anchor.
    if (node.type === 'heading') titles.push(toString(node, { includeImageAlt: false }).trim());
    if (node.type === 'html') for (const anchor of anchorsOfHtml(node.value)) own.add(anchor);
    if ('children' in node) node.children.forEach(walk);
  };
  walk(document.tree);
  return new Set([...anchorsOfTitles(titles), ...own]);
});

/**
 * The anchors of a Markdown text that is not read as a document, line by line. It rather gives one too many (a heading
 * inside a block of code) than one too few.
 */
export function anchorsOfText(text: string): ReadonlySet<string> {
  const titles: string[] = [];
  let before = '';
  for (const line of text.split(/\r\n|\n|\r/)) {
    const heading = /^[\s>]{0,12}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
    if (heading !== undefined) titles.push(plain(heading));
    else if (/^\s{0,3}(?:=+|-+)\s*$/.test(line) && before.trim() !== '') titles.push(plain(before.trim()));
    before = line;
  }
  return new Set([...anchorsOfTitles(titles), ...anchorsOfHtml(text)]);
}

function anchorsOfHtml(html: string): readonly string[] {
  return [...html.matchAll(/<[a-z][a-z0-9]*\s[^>]{0,200}?\b(?:id|name)\s*=\s*["']?([^"'\s>]+)/gi)].map(
    ([, anchor = '']) => anchor.toLowerCase(),
  );
}

/** A heading's text without its markup. */
function plain(markdown: string): string {
  return markdown
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]*)\]\[[^\]]*\]/g, '$1')
    .replace(/<[^>]*>/g, '')
    .replace(/[`*]/g, '')
    .replace(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '')
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '')
    .trim();
}
