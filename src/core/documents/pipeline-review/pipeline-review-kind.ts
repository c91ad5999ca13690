import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { prose, table } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import { findingColumns, questionColumns, reviewedFileColumns, stageColumns } from './columns';
import type { PipelineReview } from './pipeline-review';
import source from './template.hbs';

/** What the pipeline does, stage by stage, and what is wrong with it, at one commit. */
export const pipelineReviewKind = defineKind<PipelineReview>({
  id: 'pipeline-review',
  title: 'Pipeline review',
  path: /(?:^|\/)(?:CI[_-]?CD[_-])?PIPELINE[_-](?:YAML[_-])?REVIEW\.md$/i,
  source,
  sections: [
    { id: 'summary', title: 'Summary', isRequired: false, aliases: ['overview', 'scope'] },
    {
      id: 'files',
      title: 'Reviewed files',
      isRequired: true,
      isEssential: true,
      aliases: ['files', 'reviewed configuration', 'file reviewed', 'files reviewed', 'reviewed file'],
      holds: 'table',
      needs: 'each file that was reviewed, with its commit',
    },
    {
      id: 'questions',
      title: 'Verdicts',
      isRequired: true,
      aliases: ['checks', 'security', 'review', 'checklist', 'results', 'security and integrity'],
      holds: 'table',
      needs:
        'secrets, least privilege, artifact integrity, reproducibility, tests and scans, each with a verdict',
    },
    {
      id: 'findings',
      title: 'Findings',
      isRequired: true,
      aliases: ['issues', 'findings and recommendations', 'recommendations'],
      holds: 'table',
      needs: 'what was found, each with a recommended fix',
    },
    {
      id: 'stages',
      title: 'Stages',
      isRequired: true,
      isEssential: true,
      aliases: ['pipeline stages', 'stage review', 'jobs'],
      holds: 'table',
      needs: 'each stage with what it does, whether it blocks and what becomes of its failure',
    },
    {
      id: 'speed',
      title: 'Speed',
      isRequired: true,
      aliases: ['performance', 'run time', 'duration', 'efficiency', 'run times'],
      holds: 'table',
      needs: 'run time, parallelism and caching of each workflow',
      isMeasured: true,
    },
    {
      id: 'dependencies',
      title: 'External dependencies',
      isRequired: true,
      aliases: ['dependencies', 'external services', 'third party dependencies'],
      holds: 'table',
      needs: 'what the pipeline needs from outside, each with what is done while it is down',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    commit: frontMatter('commit'),
    summary: inSection('summary', prose()),
    files: inSection('files', table(reviewedFileColumns)),
    questions: inSection('questions', table(questionColumns)),
    findings: inSection('findings', table(findingColumns)),
    stages: inSection('stages', table(stageColumns)),
    speed: inSection(
      'speed',
      table({
        workflow: ['workflow', 'pipeline', 'file'],
        runTime: ['run time', 'duration', 'total run time', 'total', 'runtime'],
        slowest: ['slowest job', 'slowest', 'bottleneck'],
        parallel: ['parallel', 'parallelism', 'parallelisation', 'parallelization'],
        caching: ['caching', 'cache'],
      }),
    ),
    dependencies: inSection(
      'dependencies',
      table({
        dependency: ['dependency', 'name', 'service', 'what'],
        kind: ['kind', 'type'],
        usedBy: ['used by', 'user', 'jobs', 'job'],
        pinned: ['pinned', 'version', 'pin'],
        fallback: ['fallback', 'if it is down', 'when it is down', 'failure'],
      }),
    ),
    claims: toldClaims(),
  },
});
