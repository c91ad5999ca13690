import type { AcceptedPeerFinding } from '../../../src/core/pipeline/generate/accepted-findings';

/** Programs of others that read workflows or shell. */
export type Peer = AcceptedPeerFinding['peer'];

/** What a peer says of one place. */
export interface PeerFinding {
  readonly peer: Peer;
  /** The peer's own name for it: `unpinned-uses`, `SC2086`, `syntax-check`. */
  readonly rule: string;
  readonly severity: 'low' | 'medium' | 'high' | 'error' | 'warning' | 'info' | 'style';
  /** The file's path in what was given to the peer. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Findings apart from those that are accepted; and accepted ones that no finding of a peer that ran is like any more. */
export function withoutAccepted(
  findings: readonly PeerFinding[],
  accepted: readonly AcceptedPeerFinding[],
  ran: ReadonlySet<Peer>,
): {
  readonly left: readonly PeerFinding[];
  readonly acceptedCount: number;
  readonly stale: readonly AcceptedPeerFinding[];
} {
  const used = new Set<AcceptedPeerFinding>();
  const left = findings.filter((finding) => {
    const reasons = accepted.filter(
      ({ peer, rule, message }) =>
        peer === finding.peer && rule === finding.rule && message.test(finding.message),
    );
    for (const reason of reasons) used.add(reason);
    return reasons.length === 0;
  });
  return {
    left,
    acceptedCount: findings.length - left.length,
    stale: accepted.filter((entry) => ran.has(entry.peer) && !used.has(entry)),
  };
}

/** `file:line` with what was said, one finding a line. */
export function shownFinding({ peer, rule, severity, file, line, message }: PeerFinding): string {
  return `${file}:${line}  ${peer} ${rule} (${severity}): ${message.replace(/\s+/g, ' ').trim()}`;
}
