import type { TextEdit } from '../../text/edit';
import { insertStep, setEntry } from '../../workflow/edit';
import type { Step } from '../../workflow/model';
import type { JobFacts } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { Fix } from '../rule';

/**
 * Verifies the attestation of every file of a folder behind the step that brings it; null where it cannot be written.
 * Where nothing attests the files the deployment then fails, as it should: a person reviews the fix.
 *
 * @param folder From the workspace, without expressions.
 */
export function verifyFilesFix({ job, workflow }: JobFacts, behind: Step, folder: string): Fix | null {
  const { text, path } = workflow;
  const edits: TextEdit[] = [];
  // The token reads attestations by default; where permissions are listed, only if they name it.
  if (job.permissions?.kind === 'scopes') {
    const isGranted = job.permissions.entries.some(({ scope }) => scope.value === 'attestations');
    const permissions = valueOf(job.body, 'permissions');
    if (!isGranted) {
      if (permissions?.kind !== 'map') return null;
      const granted = setEntry(text, permissions, 'attestations', 'read');
      if (!granted.ok) return null;
      edits.push(...granted.edits);
    }
  } else if (job.permissions === null && workflow.permissions?.kind === 'scopes') {
    const isGranted = workflow.permissions.entries.some(({ scope }) => scope.value === 'attestations');
    if (!isGranted) return null;
  }
  const step = insertStep(text, job, behind.index + 1, {
    name: 'Verify where the files were built',
    run: `find ${quotedForShell(folder)} -type f -print0 | xargs -0 -n 1 gh attestation verify --repo "$GITHUB_REPOSITORY"`,
    env: { GH_TOKEN: '${{ github.token }}' },
  });
  if (!step.ok) return null;
  return {
    kind: 'proposed',
    title: `Verify the attestations of ${folder} before it is deployed`,
    edits: [{ path, edits: [...edits, ...step.edits] }],
  };
}

function quotedForShell(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `"${word}"`;
}
