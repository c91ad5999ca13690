import { markdownText } from '../../core/documents/markdown/write';
import type { RootReport } from '../../core/gate/report';
import { describeFindingList } from '../chat/describe-result';
import type { Reply } from '../chat/reply';

/** Says the gate's word on a repository: the verdict with its figures, the findings, and what was not asked. */
export function describeReport(report: RootReport, reply: Reply): void {
  const of = (severity: string): number =>
    report.findings.filter((finding) => finding.severity === severity && finding.status === 'fail').length;
  const unknown = report.findings.filter((finding) => finding.status === 'unknown').length;
  const waived = report.findings.filter((finding) => finding.waiver !== null).length;
  const aside = [
    `${waived} waived`,
    ...(report.baseline ? [`known before: ${report.baseline.known}`] : []),
  ].join(', ');
  const leftOut = report.leftOut?.length ?? 0;
  reply.markdown(
    `**${markdownText(report.root)}: ${report.verdict}.** ${of('block')} blocking, ${of('warn')} warnings, ` +
      `${of('info')} information, ${unknown} unknown, ${aside}; ` +
      `${report.checkedFiles} ${report.checkedFiles === 1 ? 'file' : 'files'} checked` +
      `${leftOut > 0 ? `, ${leftOut} left out by the configuration` : ''}.\n\n`,
  );
  if (report.findings.length > 0) describeFindingList(report.findings, reply);
  if (report.notChecked.length > 0) {
    const lines = report.notChecked.map(({ rule, needs }) => `- \`${rule}\` needs ${needs}\n`);
    reply.markdown(`Not asked, and not part of the verdict:\n\n${lines.join('')}\n`);
  }
}
