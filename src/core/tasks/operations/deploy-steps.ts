import type { RunbookStep } from '../../documents/markdown/steps';
import { isKnown, placeholder, type Source } from '../../evidence/fact';
import type { DeployTarget } from '../../evidence/profile';
import type { WorkflowSet } from '../../workflow/understanding';
import { byHand, step } from './steps';
import { deployCall, deployingWorkflows } from './workflow-calls';

/** How a version is deployed: by the pipeline where a person can start it, else by the repository's own command. */
export interface DeployWay {
  readonly steps: readonly RunbookStep[];
  readonly sources: readonly Source[];
}

const GO_BACK = 'Go to Rollback';

/**
 * The pipeline comes first: it holds the credentials, the approvals and the record of what was deployed. What no workflow
 * and no file says is UNKNOWN(...).
 */
export function deployWayOf(
  set: WorkflowSet | null,
  targets: readonly DeployTarget[],
  title: string,
): DeployWay {
  const deployed = '${ENV} runs ${VERSION}, and every instance is ready';
  const call = set ? deployCall(set) : null;
  if (call) {
    return {
      steps: [
        step(
          `${title}: start ${call.path}`,
          call.command,
          'GitHub lists a new run of the workflow, waiting for approval or running',
          'Nothing was deployed: see why it did not start (gh run list), then start it again',
        ),
        step(
          'Wait for the run',
          call.watch,
          `The run that it shows was started just now, it ends with success, and ${deployed}`,
          GO_BACK,
        ),
      ],
      sources: call.sources,
    };
  }
  const target = targets.find(({ deployCommand }) => isKnown(deployCommand));
  if (target && isKnown(target.deployCommand)) {
    return {
      steps: [step(title, target.deployCommand.value, deployed, GO_BACK)],
      sources: target.deployCommand.sources,
    };
  }
  const started = set ? startedByItself(set) : null;
  if (started) return { steps: [{ ...started, expected: deployed, onFailure: GO_BACK }], sources: [] };
  const [first] = targets;
  return {
    steps: [
      step(
        title,
        placeholder(
          first && !isKnown(first.deployCommand)
            ? first.deployCommand.unknown
            : 'command that deploys ${VERSION} to ${ENV}',
        ),
        deployed,
        GO_BACK,
      ),
    ],
    sources: [],
  };
}

/** A workflow that deploys when a tag or a branch is pushed, or a release is published. */
function startedByItself(set: WorkflowSet): RunbookStep | null {
  for (const workflow of deployingWorkflows(set)) {
    for (const trigger of workflow.triggers) {
      if (trigger.event === 'release') {
        return step(
          `Publish the release \${VERSION}: ${workflow.path} deploys it`,
          'gh release create "${VERSION}" --verify-tag --generate-notes',
          '',
          '',
        );
      }
      if (trigger.event !== 'push') continue;
      if (trigger.tags !== null && trigger.branches === null) {
        return step(
          `Push the tag \${VERSION}: ${workflow.path} deploys it`,
          'git push origin "refs/tags/${VERSION}"',
          '',
          '',
        );
      }
      const branch = trigger.branches?.map(({ value }) => value).find((value) => /^[\w./-]+$/.test(value));
      return byHand(
        `Let ${workflow.path} deploy \${VERSION}`,
        `Merge the change into ${branch ?? placeholder('branch that is deployed')}, and follow the run that it starts (gh run watch)`,
        '',
        '',
      );
    }
  }
  return null;
}
