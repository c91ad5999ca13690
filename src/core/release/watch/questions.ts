import type { WatchFinding } from './state';

/** Evidence grown by so many times is worth another question. */
const ASK_AGAIN_TIMES = 100;

/**
 * Whether soft findings are worth a person's question, given those that a person was asked about already, each as it
 * stood then (the latest of each metric counts). A metric that nobody was asked about is: it opens a question, or joins
 * the one that is open. One that was is worth it again only where the evidence grew a hundredfold or it now stands as high
 * as a hard breach asks. The first poll of a watch without data is no question, the second is.
 */
export function shouldAsk(
  asked: readonly WatchFinding[],
  findings: readonly WatchFinding[],
  askAgainTimes = ASK_AGAIN_TIMES,
): boolean {
  return findings.some((finding) => {
    if (finding.level !== 'soft') return false;
    if (finding.why === 'data-gap' && finding.evidence.gaps < 2) return false;
    const before = asked.findLast(({ metric }) => metric === finding.metric);
    if (!before) return true;
    if (finding.evidence.isAtHardBound && !before.evidence.isAtHardBound) return true;
    const { lnEvidence } = finding.evidence;
    // What began as something without evidence (a lost poll) says nothing of the counts that are worse now.
    if (before.evidence.lnEvidence === null) return lnEvidence !== null;
    return lnEvidence !== null && lnEvidence >= before.evidence.lnEvidence + Math.log(askAgainTimes);
  });
}
