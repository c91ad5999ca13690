/** A line of CODEOWNERS that names somebody. */
export interface OwnerRule {
  readonly pattern: string;
  readonly owners: readonly string[];
  /** From 1. */
  readonly line: number;
  /** The section that it stands in, of GitLab's kind; null outside of any. */
  readonly section: string | null;
}

/** Where hosts look for CODEOWNERS, the first that exists counts: docs.github.com and docs.gitlab.com, "Code owners". */
export const CODEOWNERS_PATHS = [
  '.github/CODEOWNERS',
  'CODEOWNERS',
  'docs/CODEOWNERS',
  '.gitlab/CODEOWNERS',
] as const;

/**
 * Reads CODEOWNERS. A pattern without owners takes the owners away, as on GitHub; in a section of GitLab's
 * (`[Database][2] @team`) it has those of the section.
 */
export function readCodeOwners(text: string): readonly OwnerRule[] {
  const rules: OwnerRule[] = [];
  let section: string | null = null;
  let ofSection: readonly string[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/^\uFEFF/, '').trim();
    if (line === '' || line.startsWith('#')) return;
    const heading = /^\^?\[([^\]]+)\](?:\[\d+\])?(?:\s+(.*))?$/.exec(line);
    if (heading) {
      section = (heading[1] ?? '').trim().toLowerCase();
      ofSection = ownersIn((heading[2] ?? '').split(/\s+/));
      return;
    }
    // Negation works in sections only; elsewhere such a line is invalid and left out, as GitHub does.
    if (line.startsWith('!') && section === null) return;
    const [pattern = '', ...rest] = line.replace(/\s#.*$/, '').match(/(?:\\.|[^\s\\])+/g) ?? [];
    const owners = ownersIn(rest);
    rules.push({
      pattern,
      owners: owners.length === 0 && section !== null && rest.length === 0 ? ofSection : owners,
      line: index + 1,
      section,
    });
  });
  return rules;
}

function ownersIn(words: readonly string[]): readonly string[] {
  return words.filter((word) => /^@{1,2}[\w.-]+(?:\/[\w.-]+)*$|^[^@\s]+@[^@\s]+$/.test(word));
}

/** Finds the owners of a path: the last pattern that matches decides, in each section by itself. */
export function ownersOf(rules: readonly OwnerRule[]): (path: string) => readonly string[] {
  const compiled = rules.map((rule) => ({
    rule,
    isExclusion: rule.pattern.startsWith('!'),
    pattern: patternOf(rule.pattern.replace(/^!/, '')),
  }));
  const sections = [...new Set(rules.map(({ section }) => section))].map((section) =>
    compiled.filter(({ rule }) => rule.section === section).reverse(),
  );
  return (path) => {
    if (path === '' || path.startsWith('/') || path.split('/').includes('..')) return [];
    const owners = sections.flatMap((own) => {
      const decides = own.find(({ pattern }) => pattern?.test(path) === true);
      return decides && !decides.isExclusion ? decides.rule.owners : [];
    });
    return owners.length > 1 ? [...new Set(owners)] : owners;
  };
}

/**
 * A pattern of CODEOWNERS as the hosts read it, in the case given: anchored where a slash stands before its end; a name is
 * the file or all that lies below such a folder; `docs/*` are the files in it and no deeper ones. Null: it matches nothing.
 */
function patternOf(pattern: string): RegExp | null {
  const isFolder = pattern.endsWith('/');
  const bare = pattern.replace(/^\//, '').replace(/\/+$/, '');
  if (bare === '') return isFolder || pattern === '' ? null : /(?:)/;
  const isAnchored = pattern.startsWith('/') || bare.includes('/');
  const segments = bare.split('/');
  const source = segments
    .map((segment, index) => {
      const isLast = index === segments.length - 1;
      if (segment === '**') return isLast ? '.+' : '(?:[^/]+/)*';
      const text = segment.replace(
        /\\(.)|([*]+)|(\?)|([.+^${}()|[\]\\])/g,
        (_, escaped, stars, any, special) => {
          if (typeof escaped === 'string') return escaped.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
          if (typeof stars === 'string') return '[^/]*';
          return any === '?' ? '[^/]' : `\\${String(special)}`;
        },
      );
      return isLast ? text : `${text}/`;
    })
    .join('');
  const last = segments[segments.length - 1] ?? '';
  const below = isFolder ? '/.+' : last === '*' && segments.length > 1 ? '' : last === '**' ? '' : '(?:/.+)?';
  return new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${source}${below}$`);
}
