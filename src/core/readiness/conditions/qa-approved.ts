import { fileSource } from '../../evidence/fact';
import type { QualityReport } from '../../evidence/results/quality-report';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import type { EvidenceFile } from '../evidence';
import { firstOf, isProvided, noReport } from '../evidence-words';

const NEXT =
  'let quality assurance judge this version, and write QA/QA-Report-<unit>.md with "Status: approved"';

/** S2-01, S1-05, S1-17: quality assurance approved this version, and its report lists no open bug that blocks. */
export const condition: Condition = {
  id: 'qa-approved',
  title: 'Quality assurance approved this version',
  weight: ({ evidence }) => (isProvided(evidence.qualityReport) ? 'block' : 'warn'),
  criterion: 'approval',
  judge: (facts) => {
    const { qualityReport: evidence } = facts.evidence;
    const { version } = facts.asked;
    // A report that lies there from the release before must not approve this one.
    const own = evidence.counting.filter(({ report, standing }) => {
      const namesCommit = standing.kind === 'counts' && standing.namesCommit;
      return report.version ? isVersion(report.version.value, version) : namesCommit;
    });
    const others = evidence.counting
      .filter((file) => !own.includes(file))
      .map(({ path, report }) =>
        report.version
          ? `${path} is of version ${report.version.value}, not of ${version}`
          : `${path} names neither the version nor the commit that it is of`,
      );
    if (own.length === 0) {
      return noReport(evidence, 'quality-report', 'report of quality assurance', NEXT, others);
    }
    for (const file of own) {
      const { path, report } = file;
      const place = report.status?.range ?? null;
      if (!report.status) {
        return notKnown(`${path} states no status`, 'write "Status: approved" into it once it is', [
          fileSource(path),
        ]);
      }
      if (report.status.value.trim().toLowerCase() !== 'approved') {
        return fail(
          `${path} has the status "${report.status.value}", not approved`,
          'return to quality assurance',
          [fileSource(path, place)],
        );
      }
      const { recommendation } = report;
      if (
        recommendation &&
        !/^(?:go|approve|approved|release|ship)\b(?!.*\bno\b)/i.test(recommendation.value)
      ) {
        return fail(
          `${path} recommends "${recommendation.value}", though its status is approved`,
          'return to quality assurance',
          [fileSource(path, recommendation.range)],
        );
      }
      const blocking = report.bugs.filter(({ isBlocking, isOpen }) => isBlocking && isOpen);
      if (blocking.length > 0) {
        return fail(
          `${path} lists ${counted(blocking.length, 'open bug')} that ${blocking.length === 1 ? 'blocks' : 'block'}: ${firstOf(blocking.map(({ id, title }) => (title === '' || title === id ? id : `${id} ${title}`)))}`,
          'mend them, or let quality assurance judge anew that they do not block',
          blocking.map(({ range }) => fileSource(path, range)),
        );
      }
    }
    const [unread] = evidence.unread;
    if (unread) {
      return notKnown(`${unread.path} ${unread.reason}`, NEXT, [fileSource(unread.path, unread.range)]);
    }
    return pass(`${firstOf(own.map(said))}, with no open bug that blocks`, own.map(sourceOf));
  },
};

function said({ path, report }: EvidenceFile<QualityReport>): string {
  const unit = report.unit === null ? '' : ` unit ${report.unit}`;
  return `${path} approves${unit}${report.version ? ` in version ${report.version.value}` : ''}`;
}

function sourceOf({ path, report }: EvidenceFile<QualityReport>): ReturnType<typeof fileSource> {
  return fileSource(path, report.status?.range ?? null);
}

/** `v2.4.0`, `2.4.0`, `2.4.0 (build 12)`. */
function isVersion(written: string, version: string): boolean {
  const plain = (text: string): string =>
    text
      .trim()
      .replace(/^(?:version )?v(?=\d)/i, '')
      .toLowerCase();
  return plain(written).split(/[\s,;(]/, 1)[0] === plain(version);
}
