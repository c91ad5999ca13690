import type { RootContent } from 'mdast';
import { readFrontMatter } from '../../text/front-matter';
import { sha256 } from '../../text/sha256';
import { parseDocument, shownText } from '../markdown/parse';

/** Keys of the front matter that people add to a record after its verdict; the seal does not cover them. */
export const PERSON_KEYS = [
  'closed-at',
  'closed-by',
  'resolved-by',
  'resolved-at',
  'resolution',
  'fix',
] as const;
export type PersonKey = (typeof PERSON_KEYS)[number];

/**
 * The seal of a record: SHA-256, in 64 hex digits, of everything that it says but the seal itself and what people add to its
 * front matter. What it says, not how it is typed: line ends, the width of a table's columns and blank lines are not covered,
 * so that a formatter breaks no seal. Whoever changes a record can seal it anew: what stands against that is its history, and
 * the journal, whose hashes the record names.
 */
export function sealOf(text: string): string {
  const frontMatter = readFrontMatter(text);
  const said = frontMatter.ok ? frontMatter.data : {};
  const open = new Set<string>([...PERSON_KEYS, 'seal']);
  const keys = Object.entries(said)
    .filter(([key]) => !open.has(key))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const { tree } = parseDocument('', text, []);
  return sha256(JSON.stringify([keys, tree.children.flatMap(saidBy)]));
}

/** The record with its seal; one that has no key for it stays as it is. */
export function sealed(text: string): string {
  return text.replace(/^seal:[^\r\n]*/m, `seal: ${JSON.stringify(sealOf(text))}`);
}

/** Whether a record says what it was sealed with; `unsealed` where it has no seal, which is not the same as broken. */
export function sealState(text: string): 'holds' | 'broken' | 'unsealed' {
  const frontMatter = readFrontMatter(text);
  const seal = frontMatter.ok ? frontMatter.data['seal'] : null;
  if (typeof seal !== 'string' || seal === '') return 'unsealed';
  return seal === sealOf(text) ? 'holds' : 'broken';
}

/** What a block says, in the order in which it is read, with what kind of block it is. */
function saidBy(node: RootContent): readonly (string | readonly string[])[] {
  switch (node.type) {
    case 'yaml':
      return [];
    case 'list':
    case 'blockquote':
    case 'table':
    case 'tableRow':
      return node.children.flatMap(saidBy);
    case 'listItem':
      return [
        ...(typeof node.checked === 'boolean' ? [[node.checked ? 'done' : 'open']] : []),
        ...node.children.flatMap(saidBy),
      ];
    case 'code':
    case 'html':
      return [[node.type, node.value.replace(/\r\n?/g, '\n')]];
    default:
      return [[node.type, shownText(node).replace(/\s+/g, ' ').trim()]];
  }
}
