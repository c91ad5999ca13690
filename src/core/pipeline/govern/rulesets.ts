import { shellWord } from '../../evidence/detect/shell-text';

/** One rule of a ruleset, as GitHub takes it (docs.github.com/rest/repos/rules). */
export interface Rule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A ruleset as `POST /repos/{owner}/{repo}/rulesets` takes it, which is also what "Import a ruleset" reads. */
export interface Ruleset {
  readonly name: string;
  readonly target: 'branch' | 'tag';
  readonly enforcement: 'active';
  /** Nobody: an exception is a person's to add, by name. */
  readonly bypass_actors: readonly never[];
  readonly conditions: {
    readonly ref_name: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  };
  readonly rules: readonly Rule[];
}

/** What the rules of the default branch are made from. */
export interface BranchRules {
  /** Names of the checks, as GitHub shows them. */
  readonly checks: readonly string[];
  /** Reviews that a pull request needs; 0 where one person works alone, who cannot approve what they wrote. */
  readonly approvals: number;
  readonly hasCodeOwners: boolean;
  /** Tools whose results code scanning gets on pull requests, by the names that they give themselves. */
  readonly scanners: readonly string[];
}

/** GitHub Actions' own application id: a check of the same name by somebody else does not count. */
const ACTIONS_APPLICATION = 15368;

/** The rules of the default branch: by pull request only, reviewed, with all checks green on what is merged. */
export function branchRuleset({ checks, approvals, hasCodeOwners, scanners }: BranchRules): Ruleset {
  return {
    name: 'Release Gate: default branch',
    target: 'branch',
    enforcement: 'active',
    bypass_actors: [],
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: approvals,
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: hasCodeOwners,
          require_last_push_approval: false,
          required_review_thread_resolution: true,
        },
      },
      ...(checks.length === 0
        ? []
        : [
            {
              type: 'required_status_checks',
              parameters: {
                strict_required_status_checks_policy: true,
                required_status_checks: checks.map((context) => ({
                  context,
                  integration_id: ACTIONS_APPLICATION,
                })),
              },
            },
          ]),
      ...(scanners.length === 0
        ? []
        : [
            {
              type: 'code_scanning',
              parameters: {
                code_scanning_tools: scanners.map((tool) => ({
                  tool,
                  alerts_threshold: 'errors',
                  security_alerts_threshold: 'high_or_higher',
                })),
              },
            },
          ]),
    ],
  };
}

/** Release tags stay where they were put: nobody moves or deletes one. */
export function tagRuleset(patterns: readonly string[]): Ruleset {
  return {
    name: 'Release Gate: release tags',
    target: 'tag',
    enforcement: 'active',
    bypass_actors: [],
    conditions: { ref_name: { include: patterns.map((pattern) => `refs/tags/${pattern}`), exclude: [] } },
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      { type: 'update', parameters: { update_allows_fetch_and_merge: false } },
    ],
  };
}

/**
 * The call that makes a ruleset, or brings the one of this name up to date: a second one of the name is refused.
 *
 * @param file Where the ruleset stands; null: it is written into the command.
 */
export function rulesetCommand(ruleset: Ruleset, repository: string, file: string | null): string {
  const filter = shellWord(`[.[] | select(.name == ${JSON.stringify(ruleset.name)}) | .id][0] // empty`);
  const input = file === null ? '-' : shellWord(file);
  return [
    `ruleset_id="$(gh api "${repository}/rulesets" --jq ${filter})"`,
    'method=POST; [ -z "$ruleset_id" ] || method=PUT',
    `gh api --method "$method" "${repository}/rulesets\${ruleset_id:+/$ruleset_id}" --input ${input}${file === null ? " <<'JSON'" : ''}`,
    ...(file === null ? [JSON.stringify(ruleset, null, 2), 'JSON'] : []),
  ].join('\n');
}

/** `repos/owner/name`; gh fills its own placeholders from the checkout in which it is run. */
export function repositoryPath(remote: { readonly owner: string; readonly name: string } | null): string {
  const isPlain = (text: string): boolean => /^[\w.-]{1,100}$/.test(text);
  return remote && isPlain(remote.owner) && isPlain(remote.name)
    ? `repos/${remote.owner}/${remote.name}`
    : 'repos/{owner}/{repo}';
}
