import { counted } from '../../text/words';
import type { Severity } from '../../rules/rule';
import type { OtherToolFinding, OtherToolReport } from '../../evidence/results/sarif';
import type { Finding, RootReport } from '../report';
import { goneFindings, otherToolsLine, pathFromCall, setAside, summaryOf } from './summary';
import { renderAnnotations, type Annotation, type AnnotationKind } from './annotations';
import { counterexampleLines } from './counterexample';

/**
 * The report as GitHub's workflow commands behind a plain first line with the counts: one annotation per finding, the
 * worst first, as many as GitHub shows; where there are more, the last notice says how many of what are not shown.
 * Escaping: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
export function renderGitHub(
  reports: readonly RootReport[],
  others: readonly OtherToolReport[] = [],
): string {
  const gone = goneFindings(reports).reduce((sum, { count }) => sum + count, 0);
  // What is known before is counted in the first line; an annotation for each would take the room of what is new.
  const findings = reports
    .flatMap((report) => report.findings)
    .filter(({ baseline }) => baseline === undefined);
  const all: Annotation[] = [
    ...findings.map(annotationOf),
    ...(gone > 0
      ? [
          {
            kind: 'notice' as const,
            rank: 3,
            place: null,
            title: 'release-gate',
            message: `The baseline knows ${counted(gone, 'finding')} that ${gone === 1 ? 'is' : 'are'} gone: run \`release-gate baseline\` to take ${gone === 1 ? 'it' : 'them'} out`,
          },
        ]
      : []),
    ...others.flatMap(({ tool, findings }) =>
      findings.filter((finding) => !finding.isSuppressed).map((finding) => annotationOfOther(tool, finding)),
    ),
  ];
  return renderAnnotations([summaryOf(reports), ...(others.length > 0 ? [otherToolsLine(others)] : [])], all);
}

function annotationOf(finding: Finding): Annotation {
  const aside = setAside(finding);
  const state = aside ? ' (waived)' : finding.status === 'unknown' ? ' (unknown)' : '';
  return {
    kind: aside ? 'notice' : kindOf(finding.severity),
    rank: aside ? 2 : finding.status === 'fail' ? 0 : 1,
    place:
      finding.path === '.' ? null : { path: pathFromCall(finding.root, finding.path), range: finding.range },
    title: `${finding.rule}${state}`,
    message: [
      finding.message,
      ...(finding.counterexample ? counterexampleLines(finding.counterexample) : []),
      ...(aside ? [aside.sentence] : []),
    ].join('\n'),
  };
}

function annotationOfOther(tool: string, finding: OtherToolFinding): Annotation {
  return {
    kind: finding.level === 'error' ? 'error' : finding.level === 'warning' ? 'warning' : 'notice',
    rank: 4,
    place: finding.path === null ? null : { path: finding.path, range: finding.range },
    title: finding.rule === '' ? tool : `${tool}: ${finding.rule}`,
    message: finding.message,
  };
}

function kindOf(severity: Severity): AnnotationKind {
  switch (severity) {
    case 'block':
      return 'error';
    case 'warn':
      return 'warning';
    case 'info':
      return 'notice';
  }
}
