import { markdownText } from '../../core/documents/markdown/write';
import type { Finding } from '../../core/gate/report';
import { nodeOf, type GraphCounterexample, type JobNode, type PathsGraph } from '../../core/graph/graph';
import type { Position, Range } from '../../core/text/position';
import { counted, enumerated } from '../../core/text/words';

/** A hover: paragraphs of text with links to lines. Texts are as the repository has them; the face escapes them. */
export interface PathHover {
  readonly range: Range;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly steps: readonly { readonly text: string; readonly path: string; readonly line: number }[];
  /** The node that the picture shows for it; null where it is not drawn. */
  readonly node: string | null;
}

/** What there is to say of a place in a file: the counterexample of a finding there, or what was proved of its job. */
export function hoversAt(
  graph: PathsGraph,
  findings: readonly Finding[],
  path: string,
  at: Position,
): readonly PathHover[] {
  const here = findings.filter(
    (finding) => finding.path === path && finding.range && holds(finding.range, at) && finding.counterexample,
  );
  const ofFindings = graph.counterexamples.flatMap((run): PathHover[] => {
    const { finding } = run;
    const range = finding?.range;
    if (!finding || !range || finding.path !== path) return [];
    const isHere = here.some((each) => each.rule === finding.rule && each.message === finding.message);
    return isHere ? [runHover(run, range)] : [];
  });
  const jobs = graph.nodes.filter(
    (node): node is JobNode =>
      node.kind === 'job' && node.production !== null && node.path === path && holds(node.range, at),
  );
  const said = new Set(ofFindings.map((hover) => hover.node));
  // One job that several workflows call is drawn several times, and proved each time by itself.
  const ofJobs = jobs.flatMap((job): readonly PathHover[] => {
    if (said.has(job.id)) return [];
    const runs = graph.counterexamples.filter((run) => run.production === job.id && run.finding);
    return runs.length > 0 ? runs.map((run) => runHover(run, job.range)) : [proofHover(job, graph)];
  });
  return [...ofFindings, ...ofJobs];
}

function runHover(run: GraphCounterexample, range: Range): PathHover {
  return {
    range,
    heading: 'A run that gets to production',
    paragraphs: [run.run],
    steps: run.steps
      .filter((step) => step.result !== 'begins')
      .map((step) => ({ text: step.sentence, path: step.path, line: step.range.start.line })),
    node: run.production,
  };
}

function proofHover(job: JobNode, graph: PathsGraph): PathHover {
  const { production } = job;
  const names = (ids: readonly string[]): string =>
    enumerated([...new Set(ids.map((id) => `"${nodeOf(graph, id)?.label ?? id}"`))], 'and');
  const paragraphs: string[] = [];
  if (production) {
    if (production.holds.length > 0) {
      paragraphs.push(
        `Proved: it starts only after the success of ${names(production.holds)}, in every run that GitHub could make of this workflow.`,
      );
    }
    if (production.open.length > 0) {
      paragraphs.push(
        `It can start without the success of ${names(production.open)}; no rule objects to that.`,
      );
    }
    for (const { node, because } of production.unknown.slice(0, 5)) {
      paragraphs.push(`Unknown whether it can start without ${names([node])}: ${because}.`);
    }
    if (production.holds.length + production.open.length + production.unknown.length === 0) {
      paragraphs.push('It waits for no other job.');
    }
  }
  paragraphs.push(
    job.environment
      ? `GitHub can ask for an approval by its environment "${enumerated(job.environment.names ?? [], 'or') || job.environment.name}"; whether it does, no file shows.`
      : 'It names no environment, so nobody can be asked to approve it.',
  );
  const count = job.findings.filter((finding) => finding.status !== 'waived').length;
  if (count > 0) paragraphs.push(`The gate has ${counted(count, 'finding')} in this job.`);
  return { range: job.range, heading: headingOf(job), paragraphs, steps: [], node: job.id };
}

function headingOf(job: JobNode): string {
  switch (job.production?.state) {
    case 'holds':
      return 'Production job: held';
    case 'open':
      return 'Production job: open';
    default:
      return 'Production job: not proved either way';
  }
}

function holds({ start, end }: Range, at: Position): boolean {
  const isAfterStart = at.line > start.line || (at.line === start.line && at.column >= start.column);
  return isAfterStart && (at.line < end.line || (at.line === end.line && at.column <= end.column));
}

/**
 * A hover as Markdown in which every text of the repository is text.
 *
 * @param addressOf The address of a line of a file.
 * @param command The address of the command that shows the picture.
 */
export function hoverMarkdown(
  hover: PathHover,
  addressOf: (path: string, line: number) => string,
  command: string,
): string {
  const steps = hover.steps.map(({ text, path, line }, index) => {
    const name = markdownText(`${path.slice(path.lastIndexOf('/') + 1)}:${line}`);
    return `${index + 1}. ${markdownText(text.replace(/\s+/g, ' '))} ([${name}](${addressOf(path, line)}))`;
  });
  return [
    `**${markdownText(hover.heading)}**`,
    ...hover.paragraphs.map((paragraph) => markdownText(paragraph.replace(/\s+/g, ' '))),
    ...(steps.length > 0 ? [steps.join('\n')] : []),
    `[Show paths to production](${command})`,
  ].join('\n\n');
}
