import { markdownText } from '../../core/documents/markdown/write';
import type { RootReport } from '../../core/gate/report';
import { describeFindingList } from '../chat/describe-result';
import type { Reply } from '../chat/reply';

/** Says the gate's word on a repository: the verdict with its figures, the findings, and what was not asked. */
export function describeReport(report: RootReport, reply: Reply): void {
  const of = (severity: string): number =>
    report.findings.filter((finding) => finding.severity === severity && finding.status === 'fail').length;
  const withStatus = (status: string): number =>
    report.findings.filter((finding) => finding.status === status).length;
  reply.markdown(
    `**${markdownText(report.root)}: ${report.verdict}.** ${of('block')} blocking, ${of('warn')} warnings, ` +
      `${of('info')} information, ${withStatus('unknown')} unknown, ${withStatus('waived')} waived; ` +
      `${report.checkedFiles} ${report.checkedFiles === 1 ? 'file' : 'files'} checked.\n\n`,
  );
  if (report.findings.length > 0) describeFindingList(report.findings, reply);
  if (report.notChecked.length > 0) {
    const lines = report.notChecked.map(({ rule, needs }) => `- \`${rule}\` needs ${needs}\n`);
    reply.markdown(`Not asked, and not part of the verdict:\n\n${lines.join('')}\n`);
  }
}
