import { createHash } from 'node:crypto';
import { documentKinds } from '../../core/documents/index';
import { renderPreview } from '../../core/documents/preview';
import { commandsIn, stepsIn, type DocumentCommand, type DocumentStep } from '../../core/documents/steps-in';
import type { DocumentKind, ReadDocument } from '../../core/documents/document';
import type { Finding } from '../../core/gate/report';
import { commandBlocksOf } from '../../core/rules/document/commands/read-blocks';
import { declaredParameters, type DeclaredParameter } from '../../core/rules/document/edits/parameters';
import { spanOf } from '../../core/text/markdown';
import { readFrontMatter } from '../../core/text/front-matter';
import { previewSummary, type ContentsEntry } from './preview-page';

/** A document as a preview shows it. */
export interface PreviewContent extends Pick<ReadDocument, 'tree' | 'sections'> {
  readonly path: string;
  /** Of the tab. */
  readonly title: string;
  /** The document's own. */
  readonly heading: string;
  /** Of its text. */
  readonly hash: string;
  /** Safe HTML, one piece for each outermost block. */
  readonly parts: readonly string[];
  readonly contents: readonly ContentsEntry[];
  /** The heading of the way back; null where there is none. */
  readonly rollback: string | null;
  /** A sentence on durations, placeholders and findings. */
  readonly summary: string;
  readonly steps: readonly DocumentStep[];
  readonly commands: readonly DocumentCommand[];
  /** The ids of those that are a shell's, without prompts and what was printed: they can be filled in, and in a step run. */
  readonly scripts: ReadonlySet<string>;
  readonly declared: readonly DeclaredParameter[];
  /** What its front matter says of the environment; null where it says nothing. */
  readonly environment: string | null;
}

/** Reads a document and renders it; a Markdown file of no known kind is rendered as what it is. */
export function readPreview(path: string, text: string, findings: readonly Finding[]): PreviewContent {
  const matter = readFrontMatter(text);
  const frontMatter = matter.ok ? matter.data : {};
  // The reader of any kind reads Markdown; a runbook's gives steps and durations to a document of no known kind.
  const kind =
    documentKinds.find((each) => each.recognises(path, frontMatter)) ??
    documentKinds.find((each) => each.id === 'runbook');
  if (!kind) throw new Error('this build has no kind of document');
  const document = kind.read(path, text);
  const steps = stepsIn(document, kind.sections, sha256);
  const commands = commandsIn(document);
  const scripts = new Set(
    commandBlocksOf(document)
      .filter(({ prompts, hasOutput, isTranscript }) => prompts.length === 0 && !hasOutput && !isTranscript)
      .map(({ node }) => spanOf(node).start),
  );
  const { parts, toc, rollback, totalMinutes } = renderPreview(document, findings, {
    steps,
    commands,
    wayBack: wayBackOf(kind),
  });
  const { environment } = document.frontMatter;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    path,
    tree: document.tree,
    sections: document.sections,
    title: `Preview ${name}`,
    heading: toc[0]?.title ?? name,
    hash: sha256(text),
    parts,
    contents: toc,
    rollback,
    steps,
    commands,
    scripts: new Set(commands.filter(({ span }) => scripts.has(span.start)).map(({ id }) => id)),
    declared: declaredParameters(document),
    environment: typeof environment === 'string' && environment !== '' ? environment : null,
    summary: previewSummary({
      totalMinutes,
      placeholders: document.placeholders.length,
      blocking: findings.filter((finding) => finding.severity === 'block' && finding.status === 'fail')
        .length,
      findings: findings.filter((finding) => finding.status !== 'waived').length,
    }),
  };
}

/** In a runbook for going back it is the steps without which the document does not do what it is there for. */
function wayBackOf({ id, sections }: DocumentKind<unknown>): string {
  const essential = sections.find((section) => section.isEssential === true && section.holds === 'steps');
  return id === 'rollback-runbook' && essential ? essential.id : 'rollback';
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
