import { setup } from '../setup';
import {
  fromSecrets,
  fromVariables,
  lines,
  recordedBefore,
  required,
  requiredSecret,
  unknownMeans,
  type DeployContext,
  type DeployMeans,
  type DeployStep,
  type Place,
} from './means';
import { VERCEL } from './tools';

/**
 * A project of Vercel. It is built once, in the first environment, as a production deployment that no domain points at;
 * it is asked at its own address there and in every later environment before production, which promotes that very
 * deployment. Only production points a domain at anything, so that only production is taken back.
 */
export function vercelMeans({ plan, target, paths }: DeployContext): DeployMeans {
  const folder = target.path.value.includes('/')
    ? target.path.value.slice(0, target.path.value.lastIndexOf('/'))
    : '';
  const unit = plan.units.find(({ stacks }) => stacks.some((stack) => stack.folder === folder));
  if (!unit) return unknownMeans([`which package.json ${target.path.value} builds`]);
  const env = { ...fromSecrets('VERCEL_TOKEN'), ...fromVariables('VERCEL_ORG_ID', 'VERCEL_PROJECT_ID') };
  const needs = [requiredSecret('VERCEL_TOKEN'), required('VERCEL_ORG_ID'), required('VERCEL_PROJECT_ID')];
  // The token reaches it by the environment, which no list of processes shows.
  const call = (command: string): string => `${VERCEL} ${command}`;
  const build = lines(
    needs,
    call('pull --yes --environment=production'),
    call('build --prod'),
    `deployment="$(${call('deploy --prebuilt --prod --skip-domain --meta "releaseCommit=$VERSION" --yes')})"`,
    'echo "deployment=$deployment" >> "$GITHUB_OUTPUT"',
    'echo "address=$deployment" >> "$GITHUB_OUTPUT"',
  );
  const promote = lines(needs, call('promote "$DEPLOYMENT" --yes --timeout 5m'));
  const steps = (place: Place): readonly DeployStep[] => {
    const made: DeployStep = { title: null, script: { env, run: build }, check: 'address' };
    if (!place.isFirst) {
      return place.isProduction
        ? [{ title: null, script: { env, run: promote }, check: 'once' }]
        : [
            {
              title: null,
              script: { env: {}, run: 'echo "address=$DEPLOYMENT" >> "$GITHUB_OUTPUT"' },
              check: 'address',
            },
          ];
    }
    return place.isProduction
      ? [
          made,
          {
            title: 'Point the domains at it',
            script: {
              env: { ...env, DEPLOYMENT: { expression: '${{ steps.deploy.outputs.deployment }}' } },
              run: promote,
            },
            check: 'once',
          },
        ]
      : [made];
  };
  return {
    login: [],
    prepare: (place) => (place.isFirst ? setup(unit, paths, false, new Set()) : []),
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        'previous="$(curl --fail --silent --show-error --header @- "https://api.vercel.com/v9/projects/$VERCEL_PROJECT_ID?teamId=$VERCEL_ORG_ID" <<< "Authorization: Bearer $VERCEL_TOKEN" | jq --raw-output \'.targets.production.url // empty\')"',
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps,
    runsIn: ({ isProduction }) => isProduction,
    handedOn: ['deployment'],
    restore: { env, run: lines(recordedBefore('PREVIOUS'), call('rollback "$PREVIOUS" --timeout 5m')) },
    redeploy: {
      env,
      run: lines(
        needs,
        `deployment="$(${call('list --meta "releaseCommit=$VERSION" --environment production --status READY --yes')} | grep --max-count=1 '^https://' || true)"`,
        'if [ -z "$deployment" ]; then',
        "  echo '::error::The project has no production deployment that this pipeline made from that commit'",
        '  exit 1',
        'fi',
        call('rollback "$deployment" --timeout 5m'),
      ),
    },
    variables: [
      { name: 'VERCEL_ORG_ID', purpose: 'id of the Vercel team, as .vercel/project.json has it' },
      { name: 'VERCEL_PROJECT_ID', purpose: 'id of the Vercel project, as .vercel/project.json has it' },
    ],
    secrets: [{ name: 'VERCEL_TOKEN', purpose: "token with access to this project's team alone" }],
    notes: [
      'Vercel builds with the variables of its production environment, and what is checked first is the deployment that production gets: the environments before production have no deployment of their own, and nothing there is taken back.',
      'Where Deployment Protection is on, the check of a new deployment at its own address needs a way past it.',
      'Turn off deployments by Git in the project, or both deploy (git.deploymentEnabled in vercel.json).',
    ],
    unknowns: [],
  };
}
