import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { frontMatterText } from '../../documents/markdown/fields';
import { reviewedFileColumns } from '../../documents/pipeline-review/columns';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';

const COMMIT = /\b[0-9a-f]{7,64}\b/i;

/** A review of the pipeline that does not say which file it is of, at which commit. */
export const rule: DocumentRule = {
  id: 'review-without-commit',
  title: 'A review does not name the commit and the files that it is of',
  severity: 'block',
  why: 'Pipelines change every week; a review without its commit is of nobody knows which, and is taken for one of today.',
  subject: 'document',
  kinds: ['pipeline-review'],
  check: (document): readonly RuleFinding[] => {
    const found: RuleFinding[] = [];
    const section = document.sections.find(({ id }) => id === 'files');
    const rows = readTable(blocksOf(document, 'files'), reviewedFileColumns);
    const whole = frontMatterText(document, 'commit');
    const isNamed = COMMIT.test(whole) || holdsPlaceholder(whole);
    const top = document.sections[0]?.headingSpan ?? { start: 0, end: Math.min(1, document.text.length) };
    const add = (message: string, span: RuleFinding['span']): void => {
      found.push({
        message,
        path: document.path,
        span,
        status: 'fail',
        severity: severityIn(document, 'block'),
      });
    };
    if (!isNamed && !rows.some(({ cells }) => COMMIT.test(cells.commit) || holdsPlaceholder(cells.commit))) {
      add(
        'This review names no commit: add `commit:` to its front matter, or a commit to each reviewed file',
        top,
      );
    }
    // A section that is missing is found by the rule over sections.
    if (section && rows.every(({ cells }) => cells.file.trim() === '')) {
      add(
        `${quoted(section.title)} lists no file: add a table of the files that were reviewed, each with its commit`,
        section.headingSpan,
      );
    }
    return found;
  },
};
