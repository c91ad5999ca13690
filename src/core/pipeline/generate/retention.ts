import type { PipelineSettings } from '../../evidence/pipeline-settings';
import type { SetupStep } from './manual-steps';

/**
 * How long the logs are kept is a setting of the repository that no workflow can make:
 * docs.github.com/rest/actions/permissions, "Set artifact and log retention settings for a repository".
 */
export function logRetention({ retentionDays }: PipelineSettings): SetupStep {
  return {
    title: `Keep logs for ${retentionDays} days`,
    why: 'Each report and package says how long it is kept; for logs only this setting does. It is an upper bound for both, and holds for what is written from then on.',
    // gh fills {owner} and {repo} from the checkout in which it is run.
    command: `gh api --method PUT "repos/{owner}/{repo}/actions/permissions/artifact-and-log-retention" -F days=${retentionDays}`,
  };
}
