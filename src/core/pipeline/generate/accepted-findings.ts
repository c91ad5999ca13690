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

/** None so far: what the peers found was mended. */
export const acceptedFindings: readonly AcceptedPeerFinding[] = [];
