import { fileSource } from '../../evidence/fact';
import type { Finding } from '../../gate/report';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import { isWorkflowPath } from '../../gate/check';

/** What blocks in the workflows, as `check` says it: readiness judges nothing of them a second time. */
export const condition: Condition = {
  id: 'workflows-proven',
  title: 'No build can reach production without its tests and approvals',
  weight: 'block',
  criterion: 'execution',
  judge: ({ check, workflows }) => {
    if (workflows === null) {
      return notKnown(
        'the repository has no workflow that can be read, so nothing shows how a build reaches production',
        'name the workflow that deploys, or generate one',
      );
    }
    const blocking = check.findings.filter(
      ({ severity, path, status }) =>
        severity === 'block' && status !== 'waived' && (isWorkflowPath(path) || path === '.'),
    );
    const failed = blocking.filter(({ status }) => status === 'fail');
    const open = blocking.filter(({ status }) => status === 'unknown');
    if (failed.length > 0) {
      return fail(
        `${counted(failed.length, 'finding')} of the workflows ${failed.length === 1 ? 'blocks' : 'block'}; first ${said(failed)}`,
        'run release-gate check, and mend what it names',
        failed.map(sourceOf),
      );
    }
    if (open.length > 0) {
      return notKnown(
        `${counted(open.length, 'question')} about the workflows ${open.length === 1 ? 'is' : 'are'} open; first ${said(open)}`,
        'run release-gate check, and tell it what it asks',
        open.map(sourceOf),
      );
    }
    // A proof about jobs that are not there would look like one.
    const shipping = workflows.jobs.filter(
      ({ target, purposes }) => target !== null || purposes.some(({ purpose }) => purpose === 'publish'),
    );
    if (shipping.length === 0) {
      return notKnown(
        'no workflow deploys or publishes anything, so nothing shows how a build reaches production',
        'deploy by a workflow, or set workflows-proven to off if another system deploys and proves it',
      );
    }
    return pass(
      `no finding of the workflows blocks (${shipping.length === 1 ? 'one job deploys or publishes' : `${shipping.length} jobs deploy or publish`})`,
    );
  },
};

function said(findings: readonly Finding[]): string {
  const [first] = findings;
  return first ? `${first.rule} at ${first.path}${first.range ? `:${first.range.start.line}` : ''}` : '';
}

function sourceOf({ path, range }: Finding): ReturnType<typeof fileSource> {
  return fileSource(path, range);
}
