import type { InfrastructureReview } from '../../documents/infrastructure-review/infrastructure-review';
import { infrastructureReviewKind } from '../../documents/infrastructure-review/infrastructure-review-kind';
import { markdownText } from '../../documents/markdown/write';
import { fileSource, textOf } from '../../evidence/fact';
import { compareEnvironments, environmentWords, readParityFiles } from '../../readiness/parity/parity';
import { counted } from '../../text/words';
import { assessTold } from '../assess-told';
import {
  assembleInfrastructureReview,
  isInfrastructure,
} from '../infrastructure-review/assemble-infrastructure-review';
import { TaskFailure } from '../task';
import { understoodWorkflows } from '../understood-workflows';
import type { DocumentSubject } from './document-task';

/** So many changed files of infrastructure are read. */
const MAX_FILES = 300;

/** The review of what a range of commits does to the infrastructure. */
export const infrastructureReview: DocumentSubject<InfrastructureReview> = {
  id: 'infrastructure-review',
  kind: infrastructureReviewKind,
  title: 'Review a change of the infrastructure',
  reading: 'Reading what the change does to Terraform, manifests and charts',
  inputs: [
    {
      name: 'base',
      question: 'From which tag or commit on? (the last release tag by default)',
      isAsked: false,
    },
    { name: 'head', question: 'Up to which tag or commit? (the current one by default)', isAsked: false },
  ],
  writes: ['docs/ops'],
  async assemble({ world, run, profile, told, claims }) {
    const { change, noChange } = await assessTold(world, told, run);
    if (!change) throw new TaskFailure(`There is no change to review: ${noChange}.`);
    const files = change.files.filter(({ path }) => isInfrastructure(path));
    if (files.length === 0) {
      throw new TaskFailure(
        `No file of infrastructure changes between ${change.range.baseName ?? 'the first commit'} and ${change.range.headName}. Name another base with --base.`,
      );
    }
    const texts = new Map<string, string>();
    for (const { path, status } of files.slice(0, MAX_FILES)) {
      run.signal.throwIfAborted();
      if (status === 'deleted') continue;
      const read = await world.history.fileAt(change.range.commits.head, path, run.signal);
      if (read.ok && read.text.length < 500_000) texts.set(path, read.text.replace(/^\uFEFF/, ''));
    }
    const { paths, set, leftAlone } = await understoodWorkflows(world, run.signal);
    const { configuration } = world;
    const words = environmentWords(configuration.productionEnvironments, configuration.otherEnvironments);
    const known = new Set(paths);
    const parityFiles = await readParityFiles(world.files, known, words, run.signal);
    const review = assembleInfrastructureReview({
      profile,
      change,
      parity: compareEnvironments(set, known, parityFiles, words, configuration.readiness.parityIgnore),
      texts,
      lockFiles: paths.filter((path) => /(?:^|\/)\.terraform\.lock\.hcl$/.test(path)),
      claims,
    });
    const open = review.questions.filter(({ verdict }) => verdict === 'unknown').length;
    return {
      path: `${configuration.operationsFolder}/INFRASTRUCTURE_REVIEW.md`,
      data: review,
      sources: files.map(({ path }) => fileSource(path)),
      summary: `Infrastructure change review of ${markdownText(textOf(profile.service))}: ${counted(files.length, 'file')}, and ${counted(open, 'question')} without a verdict.`,
      openQuestions: open,
      notes: [
        ...leftAlone,
        ...(files.length > MAX_FILES
          ? [`Of ${files.length} changed files the first ${MAX_FILES} were read.`]
          : []),
      ],
      next: [{ task: 'release-plan-from-change', label: 'Plan the release' }],
    };
  },
};
