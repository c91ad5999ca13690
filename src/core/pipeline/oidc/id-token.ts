import type { Job, Permissions, Workflow } from '../../workflow/model';
import { setAt, type Operation } from '../operations';

/** What a job's steps do with its token; `isSure`: nothing in them may need more. */
export interface TokenNeeds {
  readonly needed: ReadonlyMap<string, 'read' | 'write'>;
  readonly isSure: boolean;
}

/** The operations that let a job ask for an OIDC token, and what a person must know of them. */
export interface IdTokenGrant {
  readonly operations: readonly Operation[];
  readonly notes: readonly string[];
}

/**
 * The scopes that `read-all` means, written out, since a list of scopes is the only way to add one.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions
 */
const READ_ALL = [
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
];

const PLACE = { after: ['name', 'needs', 'if', 'runs-on', 'uses'] };

/**
 * Gives one job `id-token: write` and leaves it everything else that it has: a job-level block takes the place of the
 * workflow's and of the defaults, so those are written out in it.
 */
export function grantIdToken(workflow: Workflow, job: Job, needs: TokenNeeds): IdTokenGrant {
  const id = job.id.value;
  const at = ['jobs', id];
  if (job.permissions)
    return extended(job.permissions, id, () => setAt([...at, 'permissions'], 'id-token', 'write'), at);
  if (workflow.permissions) {
    const inherited = workflow.permissions;
    return extended(
      inherited,
      id,
      (scopes) => setAt(at, 'permissions', { ...scopes, 'id-token': 'write' }, PLACE),
      at,
    );
  }
  const scopes: Record<string, string> = { contents: 'read' };
  for (const [scope, access] of needs.needed) {
    if (scope !== 'id-token' && scopes[scope] !== 'write') scopes[scope] = access;
  }
  const written = Object.entries(scopes)
    .map(([scope, access]) => `${scope}: ${access}`)
    .join(', ');
  return {
    operations: [setAt(at, 'permissions', { ...scopes, 'id-token': 'write' }, PLACE)],
    notes: [
      needs.isSure
        ? `job "${id}" had the repository's default permissions; its block now says \`${written}\` and \`id-token: write\`, which is all that its steps are known to need.`
        : `job "${id}" had the repository's default permissions, which its new block replaces by \`${written}\` and \`id-token: write\`; not every step's use of the token is known, so add what it needs before merging.`,
    ],
  };
}

function extended(
  permissions: Permissions,
  id: string,
  write: (scopes: Readonly<Record<string, string>>) => Operation,
  at: readonly string[],
): IdTokenGrant {
  switch (permissions.kind) {
    case 'all': {
      if (permissions.access === 'write-all') return { operations: [], notes: [] };
      const scopes = Object.fromEntries(READ_ALL.map((scope) => [scope, 'read']));
      return {
        operations: [setAt(at, 'permissions', { ...scopes, 'id-token': 'write' }, PLACE)],
        notes: [
          `job "${id}" could read everything (\`${permissions.access}\`); since \`id-token\` cannot be added to that, each scope is written out. Take away those that it does not need.`,
        ],
      };
    }
    case 'scopes': {
      const has = permissions.entries.some(
        ({ scope, access }) => scope.value === 'id-token' && access.value === 'write',
      );
      if (has) return { operations: [], notes: [] };
      const scopes = Object.fromEntries(
        permissions.entries.map(({ scope, access }) => [scope.value, access.value]),
      );
      return { operations: [write(scopes)], notes: [] };
    }
  }
}
