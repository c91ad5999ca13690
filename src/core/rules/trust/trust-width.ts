import type { ClaimTest, ClaimValue, TrustGrant } from '../../evidence/trust/trust';

/** Whom a trust lets in, from the widest to the narrowest; `unknown`: the files do not tell. */
export type Width = 'everybody' | 'organisation' | 'repository' | 'narrow' | 'unknown';

const ORDER: readonly Width[] = ['everybody', 'organisation', 'repository', 'narrow'];

/** Claims that tell a repository or its owner. */
const BINDING = new Set([
  'sub',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'repository_visibility',
  'job_workflow_ref',
  'workflow_ref',
  'enterprise',
  'enterprise_id',
  'actor',
  'actor_id',
]);

/** Claims that tell which runs of a repository. */
const OF_RUN = new Set([
  'environment',
  'ref',
  'ref_protected',
  'job_workflow_ref',
  'workflow_ref',
  'workflow',
  'event_name',
  'environment_node_id',
  'base_ref',
  'ref_type',
  'actor',
  'actor_id',
]);

/** What decides the width of a grant, to point at; `test` null: nothing binds it at all. */
export interface JudgedWidth {
  readonly width: Width;
  readonly test: ClaimTest | null;
  readonly value: ClaimValue | null;
}

/** The width of a grant: all of its tests have to hold, so the narrowest of them counts. */
export function widthOf(grant: TrustGrant): JudgedWidth {
  const binding = grant.tests.filter(({ claim }) => BINDING.has(claim));
  if (binding.length === 0) {
    return { width: grant.isPartly ? 'unknown' : 'everybody', test: null, value: null };
  }
  const judged = binding.map(widthOfTest);
  if (grant.isPartly || judged.some(({ width }) => width === 'unknown')) {
    // A condition that cannot be read may narrow it: only what it names itself is known.
    return { width: 'unknown', test: null, value: null };
  }
  const narrowest = judged.reduce((best, each) =>
    ORDER.indexOf(each.width) > ORDER.indexOf(best.width) ? each : best,
  );
  const isOfRun = grant.tests.some(
    ({ claim, values }) => OF_RUN.has(claim) && values?.every(({ text }) => !/^\**$/.test(text)) !== false,
  );
  return narrowest.width === 'repository' && isOfRun ? { ...narrowest, width: 'narrow' } : narrowest;
}

/** One of the values is enough to get in, so the widest of them counts. */
function widthOfTest(test: ClaimTest): JudgedWidth {
  if (test.values === null || test.comparison === 'other') return { width: 'unknown', test, value: null };
  const judged = test.values.map((value) => ({ width: widthOfValue(test, value), test, value }));
  if (judged.length === 0) return { width: 'unknown', test, value: null };
  if (judged.every(({ width }) => width === 'unknown')) return { width: 'unknown', test, value: null };
  const known = judged.filter(({ width }) => width !== 'unknown');
  return known.reduce((widest, each) =>
    ORDER.indexOf(each.width) < ORDER.indexOf(widest.width) ? each : widest,
  );
}

function widthOfValue({ claim, comparison }: ClaimTest, { text, isOpen }: ClaimValue): Width {
  const isPattern = comparison === 'pattern';
  // What something else fills in is some text without wildcards, as far as anybody can tell.
  const plain = text.replace(/[$%]\{[^}]*\}|\$[A-Za-z_]\w*/g, '\u0000');
  switch (claim) {
    case 'sub':
      return isPattern ? widthOfSubject(plain) : plain === '\u0000' ? 'unknown' : 'narrow';
    case 'repository':
    case 'repository_id':
      if (isPattern && /^[*?]+$|^\*/.test(plain)) return 'everybody';
      if (isPattern && /^[^/]*\/\*$/.test(plain)) return 'organisation';
      return isOpen && plain === '\u0000' ? 'unknown' : 'repository';
    case 'repository_owner':
    case 'repository_owner_id':
    case 'enterprise':
    case 'enterprise_id':
      return isPattern && /^\*/.test(plain) ? 'everybody' : 'organisation';
    case 'repository_visibility':
      return 'everybody';
    default:
      return isPattern && /^\**$/.test(plain) ? 'everybody' : 'narrow';
  }
}

/**
 * The width of a pattern for `sub`. Its usual form is `repo:OWNER/NAME:…`, with ids behind `@` for newer repositories;
 * another form is an organisation's own, and nothing is said of it.
 * https://docs.github.com/actions/reference/security/oidc#example-subject-claims
 */
function widthOfSubject(pattern: string): Width {
  if (/^\*+$/.test(pattern)) return 'everybody';
  if (!/[*?]/.test(pattern)) return 'narrow';
  const rest = /^repo:([^]*)$/.exec(pattern)?.[1];
  if (rest === undefined) return /^r?e?p?o?\*/.test(pattern) ? 'everybody' : 'unknown';
  const [repository = '', ...claims] = rest.split(':');
  const slash = repository.indexOf('/');
  if (slash < 0) {
    if (/^\*/.test(repository)) return 'everybody';
    // `repo:${repository}:*`: which one, something else tells.
    if (repository.includes('\u0000')) return widthOfRuns(claims);
    return /[*?]/.test(repository) ? 'everybody' : 'unknown';
  }
  const owner = repository.slice(0, slash).replace(/@\*$/, '');
  const name = repository.slice(slash + 1).replace(/@\*$/, '');
  if (/[*?]/.test(owner)) return 'everybody';
  if (/^\*+$/.test(name)) return 'organisation';
  // `repo:OWNER/NAME*`: every repository whose name begins so, and every run of theirs.
  if (/[*?]/.test(name)) return 'repository';
  return widthOfRuns(claims);
}

function widthOfRuns(claims: readonly string[]): Width {
  const runs = claims.join(':');
  return /^\*+$|^ref:(?:refs\/(?:heads\/)?)?\*+$/.test(runs) ? 'repository' : 'narrow';
}

/** A subject of pull requests: anybody who can open one from a branch of the repository gets in. */
export function isOfPullRequests({ text }: ClaimValue): boolean {
  return /:pull_request$/.test(text);
}

/** A subject of an environment, a branch or a tag. */
export function isOfDeployments({ text }: ClaimValue): boolean {
  return /:(?:environment:|ref:refs\/)/.test(text);
}
