import { CRITERIA, type Criterion, type JudgedCondition } from './condition';

/** One row of the table of success: what shows it before the release, and what only the release itself can show. */
export interface CriterionRow {
  readonly criterion: Criterion;
  /** "Approval". */
  readonly title: string;
  /** By what blocks; by what only warns where nothing of it blocks. What nothing shows before the release is unknown. */
  readonly status: 'pass' | 'fail' | 'unknown';
  /** The conditions that speak for it before the release, those that were asked. */
  readonly conditions: readonly JudgedCondition[];
  /** What no evidence before the release can show; a clause. */
  readonly onlyRelease: string;
}

const ONLY_RELEASE: Readonly<Record<Criterion, string>> = {
  approval: 'that the environment asks its reviewers when the run gets there, and who lets it through',
  execution: 'that each step of the plan is carried out and ends as expected',
  health: 'that the health checks in production pass after the deployment',
  stability: 'that no trigger of the rollback is met while the release is watched',
  performance: 'that latency and errors stay at their baseline under real traffic',
  reversibility: 'that going back works, should it come to that',
  documentation: 'that the record of the release is written and kept',
};

/** The rows in their order, from what was judged. */
export function criterionRows(judged: readonly JudgedCondition[]): readonly CriterionRow[] {
  return CRITERIA.map((criterion) => {
    const own = judged.filter(
      (each) => each.criterion === criterion && each.status !== 'off' && each.status !== 'not-applicable',
    );
    const blocking = own.filter(({ weight }) => weight === 'block');
    const telling = blocking.length > 0 ? blocking : own;
    return {
      criterion,
      title: criterion.charAt(0).toUpperCase() + criterion.slice(1),
      status: telling.some((each) => each.status === 'fail')
        ? 'fail'
        : telling.length === 0 || telling.some((each) => each.status === 'unknown')
          ? 'unknown'
          : 'pass',
      conditions: own,
      onlyRelease: ONLY_RELEASE[criterion],
    };
  });
}
