import type { ProposedFile } from '../../text/proposal';
import { useAction } from '../generate/actions';
import { expression, workflowText, type StepSpec } from '../generate/workflow-text';

/** Where the workflow that runs the gate is written. */
export const CI_WORKFLOW_PATH = '.github/workflows/release-gate.yml';

/** The repository and commit that hold this program as an action; a commit is never made up. */
export interface ActionSource {
  /** `owner/name`. */
  readonly repository: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** The version at that commit, for the comment beside it. */
  readonly version: string;
}

/** What the workflow depends on. */
export interface CiWorkflowOptions {
  /** Null where nothing tells: the workflow then reads it from two variables that a person sets. */
  readonly source: ActionSource | null;
  readonly defaultBranch: string;
  /** What stands at the path today. */
  readonly before: string | null;
}

/** The variables that name the action where the call does not. */
export const SOURCE_VARIABLES = {
  repository: 'RELEASE_GATE_REPOSITORY',
  commit: 'RELEASE_GATE_COMMIT',
} as const;

/** Checks of a few hundred files take seconds; the first run on a runner also builds the program. */
const TIMEOUT_MINUTES = 10;

/** `owner/name@commit` as a source; null for anything else. */
export function parseSource(text: string, version: string): ActionSource | null {
  const match = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40})$/i.exec(text.trim());
  return match ? { repository: match[1] ?? '', commit: (match[2] ?? '').toLowerCase(), version } : null;
}

/** `owner/name` of a GitHub remote's URL; null for any other host. */
export function repositoryOfRemote(url: string): string | null {
  return (
    /^(?:https:\/\/|ssh:\/\/git@|git@)github\.com[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(url)?.[1] ?? null
  );
}

/**
 * The workflow that runs the gate on pull requests and on the default branch: actions at known commits, the least
 * permissions, a time limit, results to code scanning.
 */
export function ciWorkflow({ source, defaultBranch, before }: CiWorkflowOptions): ProposedFile {
  const gate: StepSpec = {
    name: 'Check',
    id: 'gate',
    ...(source
      ? { uses: { reference: `${source.repository}@${source.commit}`, version: `v${source.version}` } }
      : { uses: { reference: './.release-gate', version: null } }),
    with: { format: 'github' },
  };
  const after = workflowText({
    comment: [
      'The release gate: judges the workflows and release documents of each pull request. Make the check "Release gate"',
      'required in the rules of the default branch, or nothing waits for it.',
      ...(source
        ? []
        : [
            `Set the variables ${SOURCE_VARIABLES.repository} (owner/name) and ${SOURCE_VARIABLES.commit} (40 hex digits) first:`,
            'they name the repository and the commit that hold the action.',
          ]),
    ].join('\n'),
    name: 'Release gate',
    on: { pull_request: {}, push: { branches: [defaultBranch] } },
    concurrency: {
      group: expression('release-gate-${{ github.ref }}'),
      cancelInProgress: expression("${{ github.event_name == 'pull_request' }}"),
    },
    jobs: [
      {
        id: 'gate',
        name: 'Release gate',
        permissions: { contents: 'read', 'security-events': 'write', actions: 'read' },
        timeoutMinutes: TIMEOUT_MINUTES,
        steps: [
          {
            name: 'Check out',
            uses: useAction('actions/checkout'),
            with: { 'persist-credentials': 'false' },
          },
          ...(source ? [] : sourceSteps()),
          gate,
          {
            name: 'Send the results to code scanning',
            // Also where the gate blocks. Whether code scanning is there to take them decides nothing.
            if: "${{ !cancelled() && steps.gate.outputs.sarif-file != '' }}",
            mayFail: true,
            uses: useAction('github/codeql-action/upload-sarif'),
            with: {
              sarif_file: expression('${{ steps.gate.outputs.sarif-file }}'),
              category: 'release-gate',
            },
          },
        ],
      },
    ],
  });
  return {
    path: CI_WORKFLOW_PATH,
    before,
    after,
    purpose: 'runs the gate on pull requests and the default branch',
  };
}

/** The action from the repository and commit that the variables name, held to be a whole commit. */
function sourceSteps(): StepSpec[] {
  const variable = (name: string): { expression: string } => expression(`\${{ vars.${name} }}`);
  return [
    {
      name: 'Hold the source of the action to a commit',
      env: {
        REPOSITORY: variable(SOURCE_VARIABLES.repository),
        COMMIT: variable(SOURCE_VARIABLES.commit),
      },
      run: [
        '[[ "$REPOSITORY" =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ && "$COMMIT" =~ ^[0-9a-f]{40}$ ]] || {',
        `  echo "::error::Set the variables ${SOURCE_VARIABLES.repository} (owner/name) and ${SOURCE_VARIABLES.commit} (40 hex digits)"`,
        '  exit 1',
        '}',
        '',
      ].join('\n'),
    },
    {
      name: 'Fetch the action',
      uses: useAction('actions/checkout'),
      with: {
        repository: variable(SOURCE_VARIABLES.repository),
        ref: variable(SOURCE_VARIABLES.commit),
        path: '.release-gate',
        'persist-credentials': 'false',
      },
    },
  ];
}
