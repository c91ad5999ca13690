import { environmentColumns } from '../../documents/environment-matrix/columns';
import { markdownText } from '../../documents/markdown/write';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { insertRow } from './edits/insert-row';
import { deployedEnvironments, rowsOfMatrix, sameEnvironment } from './environment-names';

/** An environment that workflows deploy to is in no environment matrix. */
export const rule: DocumentRule = {
  id: 'environment-not-in-matrix',
  title: 'An environment that is deployed to is not in the matrix',
  severity: 'warn',
  why: 'An environment that no matrix lists has no owner, no known data and no stated difference: it is the one in which a release surprises.',
  subject: 'document',
  kinds: ['environment-matrix'],
  check: (document, facts): readonly RuleFinding[] => {
    if (facts.workflows === undefined) return [];
    // Of several matrices the first speaks for all: an environment has to be in one of them.
    const matrices = (facts.documents ?? []).filter(({ kind }) => kind === document.kind);
    if (matrices[0]?.path !== document.path) return [];
    const listed = new Set(matrices.flatMap(rowsOfMatrix).map(({ name }) => sameEnvironment(name)));
    const span = document.sections.find(({ id }) => id === 'environments')?.headingSpan ?? null;
    return deployedEnvironments(facts)
      .known.filter(({ name }) => !listed.has(sameEnvironment(name)))
      .map(({ name, evidence }): RuleFinding => {
        const edit = insertRow(
          document,
          'environments',
          environmentColumns,
          { environment: markdownText(name, false) },
          name,
        );
        return {
          message: `The environment ${quoted(name)}, ${evidence.length > 0 ? 'which is deployed to' : 'which the configuration lists'}, is not in the matrix: add its row`,
          path: document.path,
          span,
          status: 'fail',
          evidence: evidence.slice(0, 5),
          ...(edit
            ? {
                fix: {
                  kind: 'proposed',
                  title: `Add the row of ${quoted(name)} with what is needed`,
                  edits: [{ path: document.path, edits: [edit] }],
                },
              }
            : {}),
        };
      });
  },
};
