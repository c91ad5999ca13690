import { incidentReportForm } from '../documents/incident-report/incident-report-form';
import { proposeForm } from '../documents/issue-forms/propose-form';
import { releaseRequestForm } from '../documents/release-request/release-request-form';
import { fileSource, type Source } from '../evidence/fact';
import type { ProposedFile } from '../text/proposal';
import { existingText } from './document-task';
import type { Task, TaskResult } from './task';

const FOLDER = '.github/ISSUE_TEMPLATE';

/** The forms by which a release is asked for and an incident is reported. */
export const ISSUE_FORMS = [releaseRequestForm, incidentReportForm];

/** The two issue forms: made where they are missing, completed where they lack a question. */
export const issueForms: Task = {
  id: 'issue-forms',
  subcommand: 'issue-forms',
  title: 'Set up the issue forms for release requests and incident reports',
  inputs: [],
  writes: [FOLDER],
  async run(world, run): Promise<TaskResult> {
    run.report('Reading the issue forms of the repository');
    const files: ProposedFile[] = [];
    const notes: string[] = [];
    const sources: Source[] = [];
    for (const form of ISSUE_FORMS) {
      run.signal.throwIfAborted();
      const path = `${FOLDER}/${form.fileName}`;
      const before = await existingText(world, path);
      if (before !== null) sources.push(fileSource(path));
      const proposed = proposeForm(form, before);
      if (!proposed.ok) {
        notes.push(`${path} ${proposed.message}; it is left as it is`);
        continue;
      }
      files.push({ path, before, after: proposed.text, purpose: form.description.toLowerCase() });
      if (proposed.added.length > 0) notes.push(`${path} lacked ${proposed.added.join(', ')}`);
    }
    const changing = files.filter(({ before, after }) => before !== after).length;
    return {
      task: 'issue-forms',
      summary:
        changing === 0
          ? 'Both issue forms are there and ask what is needed.'
          : `${changing} of ${ISSUE_FORMS.length} issue forms would be written.`,
      sources,
      files,
      findings: [],
      unknowns: [],
      manualSteps: [],
      notes,
      next: [{ task: 'check', label: 'Check the repository' }],
      data: { forms: ISSUE_FORMS.map(({ fileName, questions }) => ({ fileName, questions })) },
      prose: null,
    };
  },
};
