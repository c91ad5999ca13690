import { infrastructureColumns } from '../../documents/environment-matrix/columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { nearMiss } from '../near-miss';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';

/** A path as repositories have it: no address, no words, no glob. */
const PATH = /^(?:\.\/)?[\w@.-]+(?:\/[\w@.-]+)*\/?$/;

/** The matrix names code of the infrastructure that is not there. */
export const rule: DocumentRule = {
  id: 'infrastructure-path-missing',
  title: 'A path of infrastructure as code does not exist',
  severity: 'warn',
  why: 'Whoever has to change the environment at night opens that path first.',
  subject: 'document',
  kinds: ['environment-matrix'],
  check: (document, facts): readonly RuleFinding[] => {
    if (facts.isEveryPathListed === false || facts.paths.size === 0) return [];
    return readTable(blocksOf(document, 'infrastructure'), infrastructureColumns).flatMap(
      ({ cells, cellSpan }): RuleFinding[] => {
        const written = cells.path.trim();
        const path = written.replace(/^\.\//, '').replace(/\/$/, '');
        // One word may be a module's name; what has a folder or an ending is a path.
        const isPath = PATH.test(written) && (/\//.test(written) || /\.\w{1,10}$/.test(written));
        if (!isPath || holdsPlaceholder(written) || exists(path, facts.paths)) return [];
        const near = nearMiss(path, facts.paths);
        const span = cellSpan('path');
        const cell = document.text.slice(span.start, span.end);
        const at = cell.indexOf(written);
        return [
          {
            message: `${quoted(written)} does not exist in the repository: name the path as it is now${near === null ? '' : `, such as ${quoted(near)}`}`,
            path: document.path,
            span,
            status: 'fail',
            severity: severityIn(document, 'warn'),
            ...(near !== null && at >= 0
              ? {
                  fix: {
                    kind: 'proposed',
                    title: `Name ${quoted(near)}`,
                    edits: [
                      {
                        path: document.path,
                        edits: [
                          {
                            span: { start: span.start + at, end: span.start + at + written.length },
                            text: near,
                          },
                        ],
                      },
                    ],
                  },
                }
              : {}),
          },
        ];
      },
    );
  },
};

/** A file, or a folder that holds one. */
function exists(path: string, paths: ReadonlySet<string>): boolean {
  if (path === '.' || path === '' || paths.has(path)) return true;
  for (const other of paths) if (other.startsWith(`${path}/`)) return true;
  return false;
}
