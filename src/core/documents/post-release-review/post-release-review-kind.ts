import { timelineColumns } from '../markdown/columns';
import { checkColumns, followUpColumns, measurementColumns } from '../markdown/report-columns';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { table, together, value } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { PostReleaseReview } from './post-release-review';
import source from './template.hbs';

/** How a release went, and what the pipeline learns from it. */
export const postReleaseReviewKind = defineKind<PostReleaseReview>({
  id: 'post-release-review',
  title: 'Post-release review',
  path: /(?:^|\/)POST_RELEASE_REVIEW_[^/]+\.md$/,
  source,
  sections: [
    {
      id: 'scope',
      title: 'Release scope and risk level',
      isRequired: true,
      isEssential: true,
      aliases: ['scope', 'release scope', 'scope and risk'],
      holds: 'table',
      needs: 'what the release changed, and how risky that was',
    },
    {
      id: 'gates',
      title: 'Pipeline gate results',
      isRequired: true,
      isEssential: true,
      aliases: ['gate results', 'gates', 'pipeline results'],
      holds: 'table',
      needs: 'what the pipeline and the gate said before it went',
    },
    {
      id: 'strategy',
      title: 'Deployment strategy and timeline',
      isRequired: true,
      aliases: ['strategy', 'timeline', 'deployment strategy'],
      holds: 'table',
      needs: 'how it was rolled out, and when what happened',
    },
    {
      id: 'outcomes',
      title: 'Observability and health outcomes',
      isRequired: true,
      isEssential: true,
      isMeasured: true,
      aliases: ['health outcomes', 'observability', 'health'],
      holds: 'table',
      needs: 'numbers with their baselines',
    },
    {
      id: 'rollback',
      title: 'Rollback status',
      isRequired: true,
      aliases: ['rollback'],
      needs: 'whether it was gone back, and why',
    },
    {
      id: 'follow-ups',
      title: 'Follow-up action items',
      isRequired: true,
      isEssential: true,
      aliases: ['follow-ups', 'action items', 'follow-up actions', 'actions'],
      holds: 'table',
      needs: 'what is still to be done, by whom and until when, or None.',
    },
    {
      id: 'lessons',
      title: 'What the pipeline learns',
      isRequired: true,
      aliases: ['lessons', 'lessons learned', 'pipeline improvements'],
      holds: 'table',
      needs: 'what the pipeline should do by itself next time',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    version: frontMatter('version'),
    environment: frontMatter('environment'),
    risk: inSection('scope', together({ level: value('risk level', 'risk'), why: value('why', 'reason') })),
    scope: inSection('scope', table({ area: ['area', 'what'], evidence: ['shown by', 'evidence'] })),
    gates: inSection('gates', table(checkColumns)),
    strategy: inSection(
      'strategy',
      together({
        rollout: value('rollout', 'strategy'),
        why: value('why', 'reason'),
        record: value('record', 'verification report', 'report'),
      }),
    ),
    timeline: inSection(
      'strategy',
      table({
        time: timelineColumns.time,
        event: timelineColumns.event,
        source: timelineColumns.source,
      }),
    ),
    outcomes: inSection('outcomes', table(measurementColumns)),
    rollback: inSection(
      'rollback',
      together({ status: value('status', 'rolled back', 'required'), why: value('why', 'reason') }),
    ),
    followUps: inSection('follow-ups', table(followUpColumns)),
    lessons: inSection(
      'lessons',
      table({
        lesson: ['lesson', 'what was seen', 'observation'],
        evidence: ['shown by', 'evidence'],
        change: ['change', 'what the pipeline does next time', 'improvement'],
      }),
    ),
    claims: toldClaims(),
  },
});
