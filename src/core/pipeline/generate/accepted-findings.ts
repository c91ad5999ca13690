/**
 * What a peer finds in generated workflows, on purpose: a finding of theirs with the reason why the workflow is right
 * all the same. `npm run check:peers` fails on every other finding, and on an entry that nothing is like any more.
 */
export interface AcceptedPeerFinding {
  readonly peer: 'languageservice' | 'actionlint' | 'zizmor' | 'shellcheck';
  /** The peer's own name of its rule. */
  readonly rule: string;
  /** What its message holds. */
  readonly message: RegExp;
  /** A sentence that would convince the peer's author. */
  readonly reason: string;
}

/** In the order of peers and rules. */
export const acceptedFindings: readonly AcceptedPeerFinding[] = [
  {
    peer: 'shellcheck',
    rule: 'SC2034',
    message: /^(ACCOUNT_ID|APP_ID|PRINCIPAL_ID|PROJECT_NUMBER) appears unused\./,
    reason:
      'A person pastes the commands of a set-up one after the other into one shell: what one of them learns, a later one uses, and shellcheck sees each alone.',
  },
  {
    peer: 'shellcheck',
    rule: 'SC2153',
    message: /^Possible misspelling: [A-Z_]+ may not be assigned\. Did you mean [a-z_]+\?$/,
    reason:
      'The variable comes from the `env` of the step or its job, which shellcheck does not see in a script alone; what the script itself assigns is in small letters.',
  },
];
