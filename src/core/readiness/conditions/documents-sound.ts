import { fileSource } from '../../evidence/fact';
import { isWorkflowPath } from '../../gate/check';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';

/** What these rules find is the answer of conditions of their own: one fault is one reason. */
const OF_OTHER_CONDITIONS: readonly string[] = [
  'irreversible-action-not-in-plan',
  'rollback-not-credible',
  'big-bang-unjustified',
];

/** What blocks in the release documents, as `check` says it. */
export const condition: Condition = {
  id: 'documents-sound',
  title: 'The release documents are complete and hold no open placeholder that blocks',
  weight: 'block',
  criterion: 'documentation',
  judge: ({ check, documents }) => {
    if (documents.length === 0) {
      return notKnown(
        'the repository has no release document',
        'write the plan with release-gate plan --write and the runbook with release-gate runbook --write',
      );
    }
    const blocking = check.findings.filter(
      ({ rule, severity, path, status }) =>
        severity === 'block' &&
        status !== 'waived' &&
        path !== '.' &&
        !isWorkflowPath(path) &&
        !OF_OTHER_CONDITIONS.includes(rule),
    );
    const [first] = blocking;
    if (!first) return pass(`no finding of ${counted(documents.length, 'document')} blocks`);
    const isFailed = blocking.some(({ status }) => status === 'fail');
    const place = `${first.path}${first.range ? `:${first.range.start.line}` : ''}`;
    return (isFailed ? fail : notKnown)(
      `${counted(blocking.length, 'finding')} of the documents ${blocking.length === 1 ? 'blocks' : 'block'}; first ${first.rule} at ${place}`,
      'run release-gate check, and mend what it names',
      blocking.map(({ path, range }) => fileSource(path, range)),
    );
  },
};
