import type { Finding } from '../../core/gate/report';
import { previewSummary, type PreviewContent } from './preview-page';

/** Reads a document and renders it; a Markdown file of no known kind is rendered as what it is. */
export async function readPreview(
  path: string,
  text: string,
  findings: readonly Finding[],
): Promise<PreviewContent> {
  const [{ documentKinds }, { readFrontMatter }, { renderPreview }] = await Promise.all([
    import('../../core/documents/index'),
    import('../../core/text/front-matter'),
    import('../../core/documents/preview'),
  ]);
  const matter = readFrontMatter(text);
  const frontMatter = matter.ok ? matter.data : {};
  // The reader of any kind reads Markdown; a runbook's gives steps and durations to a document of no known kind.
  const kind =
    documentKinds.find((each) => each.recognises(path, frontMatter)) ??
    documentKinds.find((each) => each.id === 'runbook');
  if (!kind) throw new Error('this build has no kind of document');
  const document = kind.read(path, text);
  const { html, toc, totalMinutes } = renderPreview(document, findings);
  return {
    title: `Preview ${path.slice(path.lastIndexOf('/') + 1)}`,
    html,
    contents: toc,
    summary: previewSummary({
      totalMinutes,
      placeholders: document.placeholders.length,
      blocking: findings.filter((finding) => finding.severity === 'block' && finding.status === 'fail')
        .length,
      findings: findings.filter((finding) => finding.status !== 'waived').length,
    }),
  };
}
