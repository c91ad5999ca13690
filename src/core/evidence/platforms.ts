import { shellWord } from './detect/shell-text';
import { placeholder } from './fact';
import type { DeployTarget, Workload } from './profile';

/** How a deployment is taken back (a list of its own beside that of rollouts). */
export const ROLLBACK_STRATEGIES = [
  'blue-green switch',
  'canary revert',
  'artifact redeployment',
  'database restore',
] as const;

export type RollbackStrategy = (typeof ROLLBACK_STRATEGIES)[number];

/** One thing that is done on a platform. Texts are of one line; `${NAME}` stands for a parameter of the platform. */
export interface PlatformAct {
  readonly title: string;
  /** Shell, possibly of several lines; '' where it is done by hand. */
  readonly command: string;
  /** What is done by hand, or what the command does not say; '' otherwise. */
  readonly action: string;
  readonly expected: string;
  readonly onFailure: string;
}

/** How one deployment is looked at and taken back, in the order in which it is done. */
export interface PlatformProcedure {
  readonly strategy: RollbackStrategy;
  /** Why this is the strategy: a sentence about the platform. */
  readonly rationale: string;
  /** Which version runs now. */
  readonly show: readonly PlatformAct[];
  /** Which ones there are to go back to. */
  readonly revisions: readonly PlatformAct[];
  /** Keeps what tells afterwards what was wrong; logs vanish with the instances. */
  readonly preserve: readonly PlatformAct[];
  readonly stopTraffic: PlatformAct;
  readonly deployPrevious: readonly PlatformAct[];
  /** Waits until what was put back is ready. */
  readonly settle: readonly PlatformAct[];
  readonly restoreTraffic: PlatformAct;
  /** What stays as the failed version left it. */
  readonly notRestored: string;
  /** What has to be done before the next deployment; none where nothing has. */
  readonly afterwards: readonly PlatformAct[];
  /** One command line that goes back to what ran before, whatever that was; null where the platform has none. */
  readonly undo: string | null;
}

/** A platform as data: by which pages its commands are written, what their parameters mean, how it is taken back. */
export interface Platform {
  readonly title: string;
  /** The pages of its makers that say the commands below. */
  readonly documentation: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  procedure(target: DeployTarget): PlatformProcedure;
}

/** What a person who reads this at night does when a step of going back does not work. */
const ESCALATE = 'Stop here and go to Escalation';
const NOTE_VERSION = 'Go on; note that the version that runs is not known';

/**
 * The platforms that deployments are known on. Every command is written by the platform's own reference; what a platform
 * has no command for is done by hand or is UNKNOWN(...).
 */
export const platforms: Readonly<Record<DeployTarget['kind'], Platform>> = {
  kubernetes: kubernetes('Kubernetes'),
  kustomize: kubernetes('Kustomize on Kubernetes'),
  helm: {
    title: 'Helm',
    documentation: [
      'https://helm.sh/docs/helm/helm_rollback/',
      'https://helm.sh/docs/helm/helm_history/',
      'https://helm.sh/docs/helm/helm_status/',
    ],
    parameters: {
      NAMESPACE: 'Namespace of the release in the environment',
      REVISION: 'Revision that is gone back to, a number of the list of revisions',
    },
    procedure: (target) => {
      const release = nameOf(target, 'RELEASE');
      const at = '--namespace "${NAMESPACE}"';
      return {
        strategy: 'artifact redeployment',
        rationale:
          'Helm keeps the manifests of earlier revisions and applies one of them again, with its images and values',
        show: [
          act(
            `See which revision of ${plain(release)} runs`,
            `helm status ${release} ${at}`,
            'STATUS is deployed, and REVISION is the number that runs',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          act(
            'List the revisions that can be gone back to',
            `helm history ${release} ${at} --max 10`,
            'The last revision before the one that runs has the status superseded: set REVISION to its number',
            ESCALATE,
          ),
        ],
        preserve: [kubernetesPreserve(at)],
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: [
          act(
            'Put the revision before back',
            `helm rollback ${release} "\${REVISION}" ${at} --wait --timeout 10m`,
            'It prints that the rollback was a success',
            'Read the events of the namespace (kubectl get events), then go to Escalation',
          ),
        ],
        settle: [
          act(
            'See that it settled',
            `helm status ${release} ${at}\nkubectl get pods ${at}`,
            'STATUS is deployed, and every pod of the release is Running and ready',
            ESCALATE,
          ),
        ],
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored:
          'What hooks did, volumes, and objects that the chart does not own stay as they are; the revision brings its own values and images',
        afterwards: [],
        undo: `helm rollback ${release} --wait --timeout 10m`,
      };
    },
  },
  'argo-cd': {
    title: 'Argo CD',
    documentation: [
      'https://argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_rollback/',
      'https://argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_history/',
      'https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/',
    ],
    parameters: {
      APPLICATION: 'Name of the Argo CD application in the environment',
      HISTORY_ID: 'Entry of the history that is gone back to, its number in the column ID',
    },
    procedure: (target) => {
      const application = nameOf(target, 'APPLICATION');
      return {
        strategy: 'artifact redeployment',
        rationale: 'Argo CD keeps the revisions that it synchronised and applies one of them again',
        show: [
          act(
            `See which revision of ${plain(application)} runs`,
            `argocd app get ${application}`,
            'Sync Revision names the commit that runs, and Health Status what it is like',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          act(
            'List the revisions that can be gone back to',
            `argocd app history ${application}`,
            'The line before the last is the revision before: set HISTORY_ID to its ID',
            'Find the last good commit by git log, and revert to it in Git',
          ),
        ],
        preserve: [
          act(
            'Keep the logs',
            `argocd app logs ${application} > "logs-\${ENV}.txt"`,
            'The file holds the lines up to now',
            'Go on, and note that the logs were not kept',
          ),
        ],
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: [
          act(
            'Switch automatic synchronisation off, which would put the failed version back',
            `argocd app set ${application} --sync-policy none`,
            'argocd app get shows Sync Policy: Manual',
            ESCALATE,
          ),
          act(
            'Put the revision before back',
            `argocd app rollback ${application} "\${HISTORY_ID}" --timeout 300`,
            'The operation is reported as Succeeded',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'Wait until it is healthy',
            `argocd app wait ${application} --health --timeout 300`,
            'It ends with status 0, and Health Status is Healthy',
            ESCALATE,
          ),
        ],
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored:
          'Git still asks for the failed version, so that the application is OutOfSync until it is reverted there; hooks that ran are not taken back',
        afterwards: [
          byHand(
            'Make Git say what runs',
            'Revert the commit that asked for the failed version, have it reviewed and merged, and only then switch automatic synchronisation on again (argocd app set, --sync-policy automated) where it was on',
            'argocd app get shows Synced and Healthy',
            'Leave automatic synchronisation off, and say so under Escalation',
          ),
        ],
        undo: `argocd app set ${application} --sync-policy none && argocd app rollback ${application} --timeout 300`,
      };
    },
  },
  ecs: {
    title: 'Amazon ECS',
    documentation: [
      'https://docs.aws.amazon.com/cli/latest/reference/ecs/update-service.html',
      'https://docs.aws.amazon.com/cli/latest/reference/ecs/list-task-definitions.html',
      'https://docs.aws.amazon.com/cli/latest/reference/ecs/wait/services-stable.html',
    ],
    parameters: {
      REGION: 'Region of the service',
      CLUSTER: 'Cluster of the service in the environment',
      SERVICE: 'Name of the ECS service in the environment',
      TASK_FAMILY: 'Family of the task definitions of the service',
      TASK_DEFINITION: 'Task definition that is gone back to, as family and revision with a colon between',
    },
    procedure: (target) => {
      const family = wordOr(target.workloads?.[0]?.value.name, 'TASK_FAMILY');
      const at = '--region "${REGION}" --cluster "${CLUSTER}"';
      return {
        strategy: 'artifact redeployment',
        rationale: 'Every earlier task definition stays registered, and the service can be given one again',
        show: [
          act(
            'See which task definition runs',
            `aws ecs describe-services ${at} --services "\${SERVICE}" --query 'services[0].deployments[].[status,taskDefinition,runningCount,desiredCount]' --output table`,
            'The line PRIMARY names the task definition that runs: note it',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          act(
            'List the task definitions that can be gone back to',
            `aws ecs list-task-definitions --region "\${REGION}" --family-prefix ${family} --sort DESC --max-items 10`,
            'The one before the one that runs is listed: set TASK_DEFINITION to what stands behind the last slash',
            ESCALATE,
          ),
          act(
            'See which image it runs',
            `aws ecs describe-task-definition --region "\${REGION}" --task-definition "\${TASK_DEFINITION}" --query 'taskDefinition.containerDefinitions[].[name,image]' --output table`,
            'The image is that of the version that is gone back to',
            'Take the task definition before it',
          ),
        ],
        preserve: [
          act(
            'Keep the events of the service',
            `aws ecs describe-services ${at} --services "\${SERVICE}" --query 'services[0].events[:50]' > "events-\${ENV}.json"`,
            'The file holds the events up to now',
            'Go on, and note that the events were not kept',
          ),
        ],
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: [
          act(
            'Give the service the task definition before',
            `aws ecs update-service ${at} --service "\${SERVICE}" --task-definition "\${TASK_DEFINITION}"`,
            'The answer has a deployment PRIMARY with that task definition',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'Wait until the service is stable',
            `aws ecs wait services-stable ${at} --services "\${SERVICE}"`,
            'It ends with status 0 within 10 minutes',
            'Read the events of the service (the command of "Keep the events"), then go to Escalation',
          ),
        ],
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored:
          'Parameters and secrets that the task definition only names keep their present values; scheduled tasks and other services keep the failed version',
        afterwards: [],
        undo: null,
      };
    },
  },
  lambda: {
    title: 'AWS Lambda',
    documentation: [
      'https://docs.aws.amazon.com/cli/latest/reference/lambda/update-alias.html',
      'https://docs.aws.amazon.com/cli/latest/reference/lambda/list-versions-by-function.html',
      'https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html',
    ],
    parameters: {
      REGION: 'Region of the function',
      FUNCTION: 'Name of the function in the environment',
      ALIAS: 'Alias that its callers use',
      FUNCTION_VERSION: 'Published version that is gone back to, a number of the list of versions',
    },
    procedure: () => {
      const at = '--region "${REGION}" --function-name "${FUNCTION}"';
      return {
        strategy: 'artifact redeployment',
        rationale:
          'Published versions of a function stay, and the alias that its callers use is pointed at one of them',
        show: [
          act(
            'See which version the alias serves',
            `aws lambda get-alias ${at} --name "\${ALIAS}"`,
            'FunctionVersion is the version that runs; with a RoutingConfig a second one takes a share',
            'Without an alias the callers run $LATEST, which cannot be pointed back: deploy the package of the version before, then go on with Verify',
          ),
        ],
        revisions: [
          act(
            'List the versions that can be gone back to',
            `aws lambda list-versions-by-function ${at} --query 'Versions[-10:].[Version,LastModified,Description]' --output table`,
            'The version before the one that runs is listed: set FUNCTION_VERSION to its number',
            ESCALATE,
          ),
        ],
        preserve: [
          act(
            'Keep the logs of the last half hour',
            `aws logs tail "/aws/lambda/\${FUNCTION}" --region "\${REGION}" --since 30m > "logs-\${ENV}.txt"`,
            'The file holds the lines up to now',
            'Go on: the log group keeps them for as long as its retention says',
          ),
        ],
        stopTraffic: movesAtOnce,
        deployPrevious: [
          act(
            'Point the alias at the version before, with all of the traffic',
            `aws lambda update-alias ${at} --name "\${ALIAS}" --function-version "\${FUNCTION_VERSION}" --routing-config 'AdditionalVersionWeights={}'`,
            'The answer names the version that is gone back to, and no further weights',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'See that the alias serves it',
            `aws lambda get-alias ${at} --name "\${ALIAS}" --query '[FunctionVersion,RoutingConfig]'`,
            'It prints the version that is gone back to, and null',
            ESCALATE,
          ),
        ],
        restoreTraffic: movedAtOnce,
        notRestored:
          'A published version keeps its own settings and variables; queues, layers of other functions and what events have done already stay as they are',
        afterwards: [],
        undo: null,
      };
    },
  },
  'cloud-run': {
    title: 'Cloud Run',
    documentation: [
      'https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration',
      'https://cloud.google.com/sdk/gcloud/reference/run/services/update-traffic',
      'https://cloud.google.com/sdk/gcloud/reference/run/revisions/list',
    ],
    parameters: {
      REGION: 'Region of the service',
      SERVICE: 'Name of the Cloud Run service in the environment',
      REVISION: 'Name of the revision that is gone back to',
    },
    procedure: (target) => {
      const service = nameOf(target, 'SERVICE');
      const at = '--region "${REGION}"';
      return {
        strategy: 'blue-green switch',
        rationale:
          'Earlier revisions stay ready, and the traffic is given back to one of them without a deployment',
        show: [
          act(
            `See which revision of ${plain(service)} serves`,
            `gcloud run services describe ${service} ${at} --format 'yaml(status.traffic)'`,
            'The revision with percent 100 is the one that serves: note it',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          act(
            'List the revisions that can be gone back to',
            `gcloud run revisions list --service ${service} ${at} --limit 10`,
            'The revision before the one that serves is listed: set REVISION to its name',
            ESCALATE,
          ),
        ],
        preserve: [
          act(
            'Keep the logs of the last half hour',
            `gcloud logging read ${quoteFor(service)} --freshness 30m --limit 1000 > "logs-\${ENV}.txt"`,
            'The file holds the lines up to now',
            'Go on: Cloud Logging keeps them for as long as its retention says',
          ),
        ],
        stopTraffic: movesAtOnce,
        deployPrevious: [
          act(
            'Give all of the traffic to the revision before',
            `gcloud run services update-traffic ${service} ${at} --to-revisions "\${REVISION}=100"`,
            'It prints 100% beside the revision that is gone back to',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'See that it serves',
            `gcloud run services describe ${service} ${at} --format 'yaml(status.traffic,status.conditions)'`,
            'That revision has percent 100, and the condition Ready is True',
            ESCALATE,
          ),
        ],
        restoreTraffic: movedAtOnce,
        notRestored:
          'The revision brings its own image and variables; secrets of the version latest keep their present value, and requests that were running end on the failed revision',
        afterwards: [
          act(
            'Let the next deployment have the traffic again, once the fault is mended',
            `gcloud run services update-traffic ${service} ${at} --to-latest`,
            'The traffic goes to the latest revision; until then every deployment stays without traffic',
            ESCALATE,
          ),
        ],
        undo: null,
      };
    },
  },
  'app-service': {
    title: 'Azure App Service',
    documentation: [
      'https://learn.microsoft.com/cli/azure/webapp/deployment/slot',
      'https://learn.microsoft.com/cli/azure/webapp/config/container',
      'https://learn.microsoft.com/cli/azure/webapp',
    ],
    parameters: {
      RESOURCE_GROUP: 'Resource group of the web app',
      APP: 'Name of the web app in the environment',
      SLOT: 'Slot that holds the version before since it was swapped',
      IMAGE: 'Image that is gone back to, with its tag or digest',
      PACKAGE: 'Path of the package of the version that is gone back to',
    },
    procedure: appService,
  },
  'azure-functions': {
    title: 'Azure Functions',
    documentation: [
      'https://learn.microsoft.com/cli/azure/functionapp/deployment/slot',
      'https://learn.microsoft.com/cli/azure/functionapp/deployment/source',
      'https://learn.microsoft.com/azure/azure-functions/functions-deployment-slots',
    ],
    parameters: {
      RESOURCE_GROUP: 'Resource group of the function app',
      APP: 'Name of the function app in the environment',
      SLOT: 'Slot that holds the version before since it was swapped',
      PACKAGE: 'Path of the package of the version that is gone back to',
    },
    procedure: azureFunctions,
  },
  fly: {
    title: 'Fly.io',
    documentation: [
      'https://fly.io/docs/blueprints/rollback-guide/',
      'https://fly.io/docs/flyctl/releases/',
      'https://fly.io/docs/flyctl/deploy/',
    ],
    parameters: {
      APP: 'Name of the Fly app in the environment',
      IMAGE: 'Image that is gone back to, from the list of releases',
    },
    procedure: (target) => ({
      strategy: 'artifact redeployment',
      rationale:
        'Fly.io keeps the images of earlier releases, and a deployment with one of them builds nothing',
      show: [
        act(
          'See which release runs',
          'fly status --app "${APP}"',
          'Image names what runs, and every machine is started',
          NOTE_VERSION,
        ),
      ],
      revisions: [
        act(
          'List the releases that can be gone back to',
          'fly releases --app "${APP}" --image',
          'The last complete release before the one that runs is listed: set IMAGE to its image',
          ESCALATE,
        ),
      ],
      preserve: [
        act(
          'Keep the logs',
          'fly logs --app "${APP}" --no-tail > "logs-${ENV}.txt"',
          'The file holds the lines up to now',
          'Go on, and note that the logs were not kept',
        ),
      ],
      stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
      deployPrevious: [
        act(
          'Take the settings of the version before, which the image does not hold',
          `git fetch --tags\ngit checkout "\${PREVIOUS_VERSION}" -- ${shellWord(target.path.value)}`,
          `${target.path.value} is as it was in the version that is gone back to`,
          'Go on with the settings of now where they did not change between the versions',
        ),
        act(
          'Deploy the image of the release before',
          `fly deploy --app "\${APP}" --config ${shellWord(target.path.value)} --image "\${IMAGE}"`,
          'Every machine is updated and reported as healthy',
          ESCALATE,
        ),
      ],
      settle: [
        act(
          'Wait until every machine is healthy',
          'fly checks list --app "${APP}"',
          'Every check is passing',
          ESCALATE,
        ),
      ],
      restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
      notRestored:
        'Secrets, volumes, databases and the release command of the failed version stay as they are',
      afterwards: [],
      undo: null,
    }),
  },
  heroku: {
    title: 'Heroku',
    documentation: [
      'https://devcenter.heroku.com/articles/releases',
      'https://devcenter.heroku.com/articles/maintenance-mode',
    ],
    parameters: {
      APP: 'Name of the Heroku app in the environment',
      RELEASE: 'Release that is gone back to, such as the one before the last (v and a number)',
    },
    procedure: () => ({
      strategy: 'artifact redeployment',
      rationale:
        'Heroku keeps the slug of earlier releases and makes a new release of one of them, without a build',
      show: [
        act(
          'See which release runs',
          'heroku releases --app "${APP}" --num 1\nheroku ps --app "${APP}"',
          'The release that runs is listed, with who made it, and the state of every dyno',
          NOTE_VERSION,
        ),
      ],
      revisions: [
        act(
          'List the releases that can be gone back to',
          'heroku releases --app "${APP}" --num 15',
          'The last deployment before the one that failed is listed: set RELEASE to its number',
          ESCALATE,
        ),
      ],
      preserve: [
        act(
          'Keep the logs',
          'heroku logs --app "${APP}" --num 1500 > "logs-${ENV}.txt"',
          'The file holds the lines up to now',
          'Go on, and note that the logs were not kept',
        ),
      ],
      stopTraffic: act(
        'Stop traffic: users see the maintenance page',
        'heroku maintenance:on --app "${APP}"',
        'heroku maintenance answers on',
        'Go on without it where the failed version does no harm to data',
      ),
      deployPrevious: [
        act(
          'Put the release before back',
          'heroku rollback "${RELEASE}" --app "${APP}"',
          'It prints the new release, as a rollback to the one that was named',
          ESCALATE,
        ),
      ],
      settle: [
        act(
          'See that every dyno is up',
          'heroku ps --app "${APP}"',
          'Every dyno is up since the rollback',
          ESCALATE,
        ),
      ],
      restoreTraffic: act(
        'Restore traffic: take the maintenance page away',
        'heroku maintenance:off --app "${APP}"',
        'heroku maintenance answers off',
        ESCALATE,
      ),
      notRestored: 'Add-ons and the data in them stay as they are, the database among them',
      afterwards: [],
      undo: 'heroku rollback --app "${APP}"',
    }),
  },
  vercel: {
    title: 'Vercel',
    documentation: [
      'https://vercel.com/docs/cli/rollback',
      'https://vercel.com/docs/cli/list',
      'https://vercel.com/docs/instant-rollback',
    ],
    parameters: {
      PROJECT: 'Name of the Vercel project',
      DEPLOYMENT: 'Address or id of the deployment that is gone back to',
    },
    procedure: () => ({
      strategy: 'blue-green switch',
      rationale:
        'Earlier production deployments stay built, and the production domains are pointed at one of them',
      show: [
        act(
          'See which deployment serves',
          'vercel list "${PROJECT}" --environment production --status READY',
          'The newest line is what serves, unless somebody has rolled back before: note it',
          NOTE_VERSION,
        ),
      ],
      revisions: [
        byHand(
          'Choose the deployment that is gone back to',
          'Take the line below the newest of the list, and set DEPLOYMENT to its address. The hobby plan goes back by one production deployment only',
          'DEPLOYMENT holds the address of a production deployment that is READY',
          ESCALATE,
        ),
      ],
      preserve: [
        byHand(
          'Keep the logs',
          'Copy the runtime logs of the deployment that fails from its page: they are kept for a short time only',
          'The errors of the last half hour are kept elsewhere',
          'Go on, and note that the logs were not kept',
        ),
      ],
      stopTraffic: movesAtOnce,
      deployPrevious: [
        act(
          'Point production at the deployment before',
          'vercel rollback "${DEPLOYMENT}" --timeout 5m',
          'It prints that the rollback is complete',
          ESCALATE,
        ),
      ],
      settle: [
        act(
          'See that the rollback is done',
          'vercel rollback status "${PROJECT}" --timeout 1m',
          'No rollback is pending any more',
          ESCALATE,
        ),
      ],
      restoreTraffic: movedAtOnce,
      notRestored:
        'The deployment runs with the variables that it was built with; those of the project, and what runs elsewhere, stay as they are. Cron jobs go back to those of the deployment',
      afterwards: [
        byHand(
          'Let the next deployment go to production again, once the fault is mended',
          'After a rollback the production domains are not assigned by themselves: promote the mended deployment (vercel promote with its address)',
          'vercel list shows it, and the production domain serves it',
          ESCALATE,
        ),
      ],
      undo: 'vercel rollback --timeout 5m',
    }),
  },
  netlify: {
    title: 'Netlify',
    documentation: [
      'https://docs.netlify.com/api/get-started/',
      'https://docs.netlify.com/deploy/manage-deploys/manage-deploys-overview/',
      'https://cli.netlify.com/commands/api/',
    ],
    parameters: {
      SITE_ID: 'Id of the site, as its settings show it',
      DEPLOY_ID: 'Id of the deploy that is gone back to',
    },
    procedure: () => ({
      strategy: 'blue-green switch',
      rationale: 'Every deploy is kept as it was built, and an earlier one is published again',
      show: [
        act(
          'See which deploy is published',
          `netlify api getSite --data "{\\"site_id\\": \\"\${SITE_ID}\\"}"`,
          'published_deploy names the deploy that serves: note its id',
          NOTE_VERSION,
        ),
      ],
      revisions: [
        act(
          'List the deploys that can be gone back to',
          `netlify api listSiteDeploys --data "{\\"site_id\\": \\"\${SITE_ID}\\"}"`,
          'The last deploy of production before the one that serves has the state ready: set DEPLOY_ID to its id',
          ESCALATE,
        ),
      ],
      preserve: [
        byHand(
          'Keep the logs',
          'Copy the logs of the functions and of the deploy that fails from its page',
          'The errors of the last half hour are kept elsewhere',
          'Go on, and note that the logs were not kept',
        ),
      ],
      stopTraffic: movesAtOnce,
      deployPrevious: [
        act(
          'Publish the deploy before again',
          `netlify api restoreSiteDeploy --data "{\\"site_id\\": \\"\${SITE_ID}\\", \\"deploy_id\\": \\"\${DEPLOY_ID}\\"}"`,
          'The answer names that deploy, with the state ready',
          ESCALATE,
        ),
        act(
          'Lock it, so that no build publishes over it',
          `netlify api lockDeploy --data "{\\"deploy_id\\": \\"\${DEPLOY_ID}\\"}"`,
          'The answer has locked: true',
          'Go on, and let nobody push to the production branch',
        ),
      ],
      settle: [
        act(
          'See that it is published',
          `netlify api getSite --data "{\\"site_id\\": \\"\${SITE_ID}\\"}"`,
          'published_deploy names the deploy that is gone back to',
          ESCALATE,
        ),
      ],
      restoreTraffic: movedAtOnce,
      notRestored: 'Variables of the site, forms and what functions have written elsewhere stay as they are',
      afterwards: [
        act(
          'Let builds be published again, once the fault is mended',
          `netlify api unlockDeploy --data "{\\"deploy_id\\": \\"\${DEPLOY_ID}\\"}"`,
          'The answer has locked: false, and the next build is published',
          ESCALATE,
        ),
      ],
      undo: null,
    }),
  },
  'cloudflare-workers': {
    title: 'Cloudflare Workers',
    documentation: [
      'https://developers.cloudflare.com/workers/configuration/versions-and-deployments/rollbacks/',
      'https://developers.cloudflare.com/workers/wrangler/commands/',
    ],
    parameters: {
      WORKER: 'Name of the Worker in the environment',
      VERSION_ID: 'Id of the version that is gone back to',
    },
    procedure: (target) => {
      const worker = nameOf(target, 'WORKER');
      return {
        strategy: 'blue-green switch',
        rationale:
          'Earlier versions of a Worker are kept, and all of the traffic is given back to one of them',
        show: [
          act(
            `See which version of ${plain(worker)} serves`,
            `wrangler deployments status --name ${worker}`,
            'It prints the version that serves, with its share: note it',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          act(
            'List the versions that can be gone back to',
            `wrangler deployments list --name ${worker}`,
            'The version of the deployment before is listed: set VERSION_ID to its id',
            ESCALATE,
          ),
        ],
        preserve: [
          byHand(
            'Keep the logs',
            'Copy what the logs of the Worker show of the errors: without Workers Logs they are not kept',
            'The errors of the last half hour are kept elsewhere',
            'Go on, and note that the logs were not kept',
          ),
        ],
        stopTraffic: movesAtOnce,
        deployPrevious: [
          act(
            'Give all of the traffic to the version before',
            `wrangler rollback "\${VERSION_ID}" --name ${worker} --message "failed deployment" --yes`,
            'It prints that the version now has 100% of the traffic',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'See that it serves',
            `wrangler deployments status --name ${worker}`,
            'The version that is gone back to has 100%',
            ESCALATE,
          ),
        ],
        restoreTraffic: movedAtOnce,
        notRestored:
          'What is bound (KV, D1, R2, Durable Objects and their data) is not rolled back; secrets keep their present values',
        afterwards: [],
        undo: `wrangler rollback --name ${worker} --message "failed deployment" --yes`,
      };
    },
  },
  'cloudflare-pages': {
    title: 'Cloudflare Pages',
    documentation: [
      'https://developers.cloudflare.com/pages/configuration/rollbacks/',
      'https://developers.cloudflare.com/api/resources/pages/subresources/projects/subresources/deployments/methods/rollback/',
      'https://developers.cloudflare.com/workers/wrangler/commands/',
    ],
    parameters: {
      PROJECT: 'Name of the Pages project in the environment',
      CLOUDFLARE_ACCOUNT_ID: 'Id of the Cloudflare account that the project belongs to',
      CLOUDFLARE_API_TOKEN: 'API token that may edit the Pages project: a secret, kept in the terminal only',
      DEPLOYMENT_ID: 'Id of the deployment that is gone back to, from the list of deployments',
    },
    procedure: (target) => {
      const project = nameOf(target, 'PROJECT');
      const list = `wrangler pages deployment list --project-name ${project} --environment production`;
      return {
        strategy: 'blue-green switch',
        rationale:
          'Every deployment is kept as it was built, and an earlier one of production is served again',
        show: [
          act(
            `See which deployment of ${plain(project)} serves`,
            list,
            'The first line is the deployment that serves: note its id and commit',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          act(
            'List the deployments that can be gone back to',
            list,
            'The last one of production before the one that failed is listed: set DEPLOYMENT_ID to its id',
            ESCALATE,
          ),
        ],
        preserve: [
          byHand(
            'Keep the logs',
            'Copy what the real-time logs of the functions show of the errors: Pages does not keep them',
            'The errors of the last half hour are kept elsewhere',
            'Go on, and note that the logs were not kept',
          ),
        ],
        stopTraffic: movesAtOnce,
        deployPrevious: [
          act(
            'Serve the deployment before again',
            `curl --fail --silent --show-error --request POST --header "Authorization: Bearer \${CLOUDFLARE_API_TOKEN}" "https://api.cloudflare.com/client/v4/accounts/\${CLOUDFLARE_ACCOUNT_ID}/pages/projects/${plain(project)}/deployments/\${DEPLOYMENT_ID}/rollback"`,
            'The answer has success: true',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'See that it serves',
            list,
            'The first line has the commit of the version that is gone back to',
            ESCALATE,
          ),
        ],
        restoreTraffic: movedAtOnce,
        notRestored:
          'What is bound (KV, D1, R2, Durable Objects and their data) and the variables of the project keep their present values; preview deployments are no way back',
        afterwards: [],
        undo: null,
      };
    },
  },
  ssh: ownMeans('a host over SSH', {
    DEPLOY_HOST: 'User and host that it runs on, with an @ between',
  }),
  compose: {
    title: 'Docker Compose over SSH',
    documentation: [
      'https://docs.docker.com/reference/cli/docker/compose/up/',
      'https://docs.docker.com/reference/cli/docker/#host',
    ],
    parameters: {
      DEPLOY_HOST: 'User and host that the containers run on, with an @ between',
    },
    procedure: (target) => {
      const compose = `docker --host "ssh://\${DEPLOY_HOST}" compose --file ${shellWord(target.path.value)}`;
      return {
        strategy: 'artifact redeployment',
        rationale: 'The compose file of the version before names what ran, and is started again',
        show: [
          act(
            'See which images run',
            `${compose} images\n${compose} ps --all`,
            'The tags are those of the version that runs, and every service is up',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          act(
            'List the versions that can be gone back to',
            'git fetch --tags\ngit tag --sort=-creatordate | head -n 10',
            'The tag before the one that runs is listed: set PREVIOUS_VERSION to it',
            ESCALATE,
          ),
        ],
        preserve: [
          act(
            'Keep the logs, which go with the containers',
            `${compose} logs --timestamps --since 1h > "logs-\${ENV}.txt"`,
            'The file holds the lines up to now',
            'Go on, and note that the logs were not kept',
          ),
        ],
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: [
          act(
            'Take the compose file of the version before',
            `git checkout "\${PREVIOUS_VERSION}" -- ${shellWord(target.path.value)}`,
            `${target.path.value} names the images of the version that is gone back to`,
            ESCALATE,
          ),
          act(
            'Start the version before',
            `${compose} pull\n${compose} up --detach --wait --wait-timeout 300`,
            'Every service is started, and healthy where it has a health check',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'See that it runs',
            `${compose} images\n${compose} ps`,
            'The tags are those of the version that is gone back to, and every service is up',
            ESCALATE,
          ),
        ],
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored:
          'Volumes, and files of settings on the host that are not in the repository, stay as they are',
        afterwards: [],
        undo: null,
      };
    },
  },
  terraform: {
    title: 'Terraform',
    documentation: [
      'https://developer.hashicorp.com/terraform/cli/commands/plan',
      'https://developer.hashicorp.com/terraform/cli/commands/apply',
    ],
    parameters: { VAR_FILE: 'File of variables of the environment, from the folder that is applied' },
    procedure: (target) => {
      const folder = shellWord(target.path.value);
      const terraform = folder === '.' ? 'terraform' : `terraform -chdir=${folder}`;
      return {
        strategy: 'artifact redeployment',
        rationale:
          'Terraform has no way back of its own: the files of the version before are applied again, after their plan was read',
        show: [
          act(
            'See what is applied now',
            `${terraform} init -input=false\n${terraform} state list`,
            'The resources of the environment are listed',
            ESCALATE,
          ),
        ],
        revisions: [
          act(
            'List the versions of the files',
            `git fetch --tags\ngit log --oneline --decorate -n 10 -- ${folder}`,
            'The last version before the change is listed: set PREVIOUS_VERSION to its tag or commit',
            ESCALATE,
          ),
        ],
        preserve: [
          act(
            'Keep the state as it is',
            `${terraform} state pull > "state-\${ENV}.json"`,
            'The file holds the state: it may hold secrets, so keep it where only you can read it',
            ESCALATE,
          ),
        ],
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: [
          act(
            'Plan the files of the version before',
            `git checkout "\${PREVIOUS_VERSION}" -- ${folder}\n${terraform} init -input=false\n${terraform} plan -input=false -var-file="\${VAR_FILE}" -out=rollback.tfplan`,
            'The plan undoes the change and nothing else: no resource with data in it is destroyed or replaced',
            'Where it destroys or replaces something with data, do not apply it: go to Escalation',
          ),
          act(
            'Apply that plan',
            `${terraform} apply -input=false rollback.tfplan`,
            'Apply complete, with the numbers of the plan',
            ESCALATE,
          ),
        ],
        settle: [
          act(
            'See that nothing is left to do',
            `${terraform} plan -input=false -var-file="\${VAR_FILE}" -detailed-exitcode`,
            'It ends with status 0: no changes',
            ESCALATE,
          ),
        ],
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored:
          'What was destroyed comes back empty; data and what was changed by hand are not put back by applying files',
        afterwards: [],
        undo: null,
      };
    },
  },
  script: ownMeans('a script of the repository'),
  other: ownMeans('means of its own'),
};

/** Every parameter that a document may declare, with what it means on the platform of the target. */
export function parametersOf(kind: DeployTarget['kind']): Readonly<Record<string, string>> {
  return platforms[kind].parameters;
}

function kubernetes(title: string): Platform {
  return {
    title,
    documentation: [
      'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_undo/',
      'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_history/',
      'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_status/',
    ],
    parameters: {
      NAMESPACE: 'Namespace of the service in the environment',
      WORKLOAD: 'Kind and name of the workload, with a slash between, such as deployment and its name',
      REVISION: 'Revision that is gone back to, a number of the list of revisions',
      DIGEST: 'Digest of the image that is gone back to, from the registry',
    },
    procedure: (target) => {
      const own = (target.workloads ?? [])
        .map(({ value }) => value)
        .filter(
          (workload) => isWord(workload.name) && /^(?:Deployment|StatefulSet|DaemonSet)$/.test(workload.kind),
        );
      const subjects: readonly (Workload | null)[] = own.length > 0 ? own : [null];
      const each = <T>(make: (name: string, at: string, workload: Workload | null) => T): T[] =>
        subjects.map((workload) =>
          make(
            workload ? `${workload.kind.toLowerCase()}/${workload.name}` : '"${WORKLOAD}"',
            // Without one in the manifest the context's would be taken, whatever that happens to be on the night.
            workload?.namespace != null && isWord(workload.namespace)
              ? `--namespace ${workload.namespace}`
              : '--namespace "${NAMESPACE}"',
            workload,
          ),
        );
      return {
        strategy: 'artifact redeployment',
        rationale:
          'Kubernetes keeps the pod templates of earlier revisions, and undoing a rollout starts one of them again, image included',
        show: each((name, at) =>
          act(
            `See which version of ${plain(name)} runs`,
            `kubectl get ${at} ${name} -o wide`,
            'IMAGES names the version that runs, and READY all of its replicas',
            NOTE_VERSION,
          ),
        ),
        revisions: each((name, at, workload) =>
          act(
            `List the revisions of ${plain(name)}`,
            `kubectl rollout history ${at} ${name}`,
            'The last number is what runs, the one before is what is gone back to: set REVISION to it, and see its image with --revision',
            workload?.container && workload.image
              ? 'Where no revision is kept, put the image back by its digest instead (Deploy previous says how)'
              : ESCALATE,
          ),
        ),
        preserve: each((name, at, workload) =>
          act(
            `Keep the logs and events of ${plain(name)}, which go with the pods`,
            `kubectl logs ${at} ${name} --all-containers --since=1h --timestamps > "logs-${workload ? `${workload.name}-` : ''}\${ENV}.txt"\nkubectl get events ${at} --sort-by=.lastTimestamp > "events-\${ENV}.txt"`,
            'Both files hold the lines up to now',
            'Go on, and note what was not kept',
          ),
        ),
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: each((name, at, workload) =>
          act(
            `Put the revision of ${plain(name)} before back`,
            `kubectl rollout undo ${at} ${name} --to-revision="\${REVISION}"`,
            `It prints that ${plain(name)} is rolled back`,
            workload?.container && workload.image
              ? `Put the image back by its digest: kubectl set image ${at} ${name} ${workload.container}=${workload.image}@"\${DIGEST}"; where that fails too, go to Escalation`
              : ESCALATE,
          ),
        ),
        settle: each((name, at) =>
          act(
            `Wait until ${plain(name)} is ready`,
            `kubectl rollout status ${at} ${name} --timeout=5m`,
            'The rollout is reported as complete',
            'Read the events (kubectl describe), then go to Escalation',
          ),
        ),
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored:
          'A revision holds the pod template only: ConfigMaps, Secrets, Services, jobs that ran and replica counts stay as they are, and the next apply of the manifests brings the failed version back',
        afterwards: [],
        undo: each(
          (name, at) =>
            `kubectl rollout undo ${at} ${name} && kubectl rollout status ${at} ${name} --timeout=10m`,
        ).join(' && '),
      };
    },
  };
}

/** Slots are swapped back; a container gets its image back; a package is deployed again. */
function appService(target: DeployTarget): PlatformProcedure {
  const at = '--resource-group "${RESOURCE_GROUP}" --name "${APP}"';
  const form = target.form ?? 'package';
  const ready = act(
    'See that the app runs',
    `az webapp show ${at} --query '{state: state, availability: availabilityState}'`,
    'state is Running, and availability Normal',
    ESCALATE,
  );
  const common = {
    preserve: [
      act(
        'Keep the logs',
        `az webapp log download ${at} --log-file "logs-\${ENV}.zip"`,
        'The file holds the logs up to now',
        'Go on, and note that the logs were not kept',
      ),
    ],
    settle: [ready],
    afterwards: [],
    undo: null,
  };
  switch (form) {
    case 'slot':
      return {
        ...common,
        strategy: 'blue-green switch',
        rationale:
          'The slots were swapped for the release, so that the version before waits in the other slot',
        show: [
          act(
            'See which slots there are, and what they run',
            `az webapp deployment slot list ${at} --output table\naz webapp show ${at} --query '{slotSwapStatus: slotSwapStatus, lastModified: lastModifiedTimeUtc}'`,
            'slotSwapStatus says when which slot was swapped last: set SLOT to that slot',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          byHand(
            'See that the slot holds the version before',
            'Open the address of the slot, and read the version that it serves: a deployment into the slot since then has replaced it',
            'The slot serves the version that is gone back to',
            'Do not swap: deploy the package of the version before into the slot first, or go to Escalation',
          ),
        ],
        stopTraffic: movesAtOnce,
        deployPrevious: [
          act(
            'Swap the slots back',
            `az webapp deployment slot swap ${at} --slot "\${SLOT}" --target-slot production`,
            'It ends with status 0, and production serves what the slot held',
            ESCALATE,
          ),
        ],
        restoreTraffic: movedAtOnce,
        notRestored:
          'Settings that are marked as of the slot stay with their slot; all others go with the swap',
      };
    case 'container':
      return {
        ...common,
        strategy: 'artifact redeployment',
        rationale: 'The app runs an image from a registry, and is given the image of the version before',
        show: [
          act(
            'See which image runs',
            `az webapp config container show ${at}`,
            'DOCKER_CUSTOM_IMAGE_NAME or linuxFxVersion names the image that runs: note it',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          byHand(
            'Find the image of the version before',
            'Look its tag or digest up in the registry, and set IMAGE to it',
            'The image is in the registry',
            ESCALATE,
          ),
        ],
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: [
          act(
            'Give the app the image before',
            `az webapp config container set ${at} --container-image-name "\${IMAGE}"\naz webapp restart ${at}`,
            'Both end with status 0, and the answer names the image',
            ESCALATE,
          ),
        ],
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored: 'Settings of the app and connection strings stay as they are',
      };
    case 'package':
      return {
        ...common,
        strategy: 'artifact redeployment',
        rationale:
          'The app was deployed as a package and into no slot, so that the package of the version before is deployed again',
        show: [
          act(
            'See what was deployed last',
            `az webapp log deployment list ${at} --output table`,
            'The last deployment is the one that failed: note its time and author',
            NOTE_VERSION,
          ),
        ],
        revisions: [
          byHand(
            'Get the package of the version before',
            placeholder('where the packages of earlier versions are kept'),
            'The package lies here: set PACKAGE to its path',
            ESCALATE,
          ),
        ],
        stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
        deployPrevious: [
          act(
            'Deploy the package of the version before',
            `az webapp deploy ${at} --src-path "\${PACKAGE}" --type zip`,
            'It ends with status 0, and says that the deployment has completed',
            ESCALATE,
          ),
        ],
        restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
        notRestored: 'Settings of the app and connection strings stay as they are',
      };
    default:
      return form satisfies never;
  }
}

/** Slots are swapped back, as those of an App Service; a package is deployed again. */
function azureFunctions(target: DeployTarget): PlatformProcedure {
  const at = '--resource-group "${RESOURCE_GROUP}" --name "${APP}"';
  const isSwapped = target.form === 'slot';
  return {
    strategy: isSwapped ? 'blue-green switch' : 'artifact redeployment',
    rationale: isSwapped
      ? 'The slots were swapped for the release, so that the version before waits in the other slot'
      : 'The app was deployed as a package and into no slot, so that the package of the version before is deployed again',
    show: [
      act(
        'See the state of the app',
        isSwapped
          ? `az functionapp show ${at} --query '{state: state, slotSwapStatus: slotSwapStatus, lastModified: lastModifiedTimeUtc}'`
          : `az functionapp show ${at} --query '{state: state, lastModified: lastModifiedTimeUtc}'`,
        isSwapped
          ? 'slotSwapStatus says when which slot was swapped last: set SLOT to that slot'
          : 'lastModified is the time of the deployment that failed: note it',
        NOTE_VERSION,
      ),
    ],
    revisions: [
      isSwapped
        ? byHand(
            'See that the slot holds the version before',
            'Ask the slot for its version: a deployment into the slot since the swap has replaced it',
            'The slot runs the version that is gone back to',
            'Do not swap: deploy the package of the version before into the slot first, or go to Escalation',
          )
        : byHand(
            'Get the package of the version before',
            placeholder('where the packages of earlier versions are kept'),
            'The package lies here: set PACKAGE to its path',
            ESCALATE,
          ),
    ],
    preserve: [
      byHand(
        'Keep the logs',
        'Export what Application Insights shows of the last hour for this app',
        'The errors of the last hour are kept elsewhere',
        'Go on, and note that the logs were not kept',
      ),
    ],
    stopTraffic: isSwapped
      ? movesAtOnce
      : act(
          'Stop traffic: stop the app, so that the failed version handles no more events',
          `az functionapp stop ${at}`,
          'az functionapp show has state Stopped; events wait in their queues',
          'Go on without it where the failed version does no harm to data',
        ),
    deployPrevious: [
      isSwapped
        ? act(
            'Swap the slots back',
            `az functionapp deployment slot swap ${at} --slot "\${SLOT}" --target-slot production`,
            'It ends with status 0, and production runs what the slot held',
            ESCALATE,
          )
        : act(
            'Deploy the package of the version before',
            `az functionapp deployment source config-zip ${at} --src "\${PACKAGE}"`,
            'It ends with status 0',
            ESCALATE,
          ),
    ],
    settle: [
      act(
        'See that its functions are there',
        `az functionapp function list ${at} --output table`,
        'Every function of the version that is gone back to is listed',
        ESCALATE,
      ),
    ],
    restoreTraffic: isSwapped
      ? movedAtOnce
      : act(
          'Restore traffic: start the app',
          `az functionapp start ${at}`,
          'az functionapp show has state Running',
          ESCALATE,
        ),
    notRestored: isSwapped
      ? 'Settings that are marked as of the slot stay with their slot; events that were handled already stay as they are'
      : 'Settings of the app stay as they are; so does what events have done already',
    afterwards: [],
    undo: null,
  };
}

/** A deployment by the repository's own script or by something that is not known: what it does is the script's. */
function ownMeans(title: string, parameters: Platform['parameters'] = {}): Platform {
  return {
    title,
    documentation: [],
    parameters,
    procedure: () => ({
      strategy: 'artifact redeployment',
      rationale: 'The version before is deployed again by the means that deploy the service',
      show: [
        byHand(
          'See which version runs',
          placeholder('command or page that shows the version that runs in ${ENV}'),
          'The version that runs is known: note it',
          NOTE_VERSION,
        ),
      ],
      revisions: [
        act(
          'List the versions that can be gone back to',
          'git fetch --tags\ngit tag --sort=-creatordate | head -n 10',
          'The tag before the one that runs is listed: set PREVIOUS_VERSION to it',
          ESCALATE,
        ),
      ],
      preserve: [
        byHand(
          'Keep logs and metrics',
          placeholder('where the logs of ${ENV} are, and how they are kept'),
          'The logs and metrics of the last hour are kept elsewhere',
          'Go on, and note what was not kept',
        ),
      ],
      stopTraffic: byLoadBalancer('Stop traffic to ${ENV}'),
      deployPrevious: [
        act(
          'Put the version before back',
          placeholder('command that puts ${PREVIOUS_VERSION} back in ${ENV}'),
          '${ENV} runs ${PREVIOUS_VERSION}, and every instance is ready',
          ESCALATE,
        ),
      ],
      settle: [],
      restoreTraffic: byLoadBalancer('Restore traffic to ${ENV}'),
      notRestored: placeholder('what going back does not put back: settings, caches, data'),
      afterwards: [],
      undo: null,
    }),
  };
}

function kubernetesPreserve(at: string): PlatformAct {
  return act(
    'Keep the events, which Kubernetes forgets within the hour',
    `kubectl get events ${at} --sort-by=.lastTimestamp > "events-\${ENV}.txt"`,
    'The file holds the events up to now',
    'Go on, and note that the events were not kept',
  );
}

const movesAtOnce: PlatformAct = {
  title: 'Stop traffic: the next step does it',
  command: '',
  action:
    'Nothing to do by itself: the next step takes all of the traffic away from the failed version at once',
  expected: 'Nobody deploys until this page is done',
  onFailure: 'Go on',
};

const movedAtOnce: PlatformAct = {
  title: 'Restore traffic: it is restored already',
  command: '',
  action: 'Nothing to do by itself: the traffic went to the version before when it was put back',
  expected: 'Requests of users are answered by the version before, and by no other',
  onFailure: ESCALATE,
};

/** No platform says what stands in front of it. */
function byLoadBalancer(title: string): PlatformAct {
  return {
    title,
    command: '',
    action: /^Stop/.test(title)
      ? placeholder(
          'how traffic is kept from ${ENV}: maintenance page, load balancer, or on purpose not at all',
        )
      : placeholder('how traffic is let into ${ENV} again, if it was kept from it'),
    expected: /^Stop/.test(title)
      ? 'Users are kept from the failed version, or it is decided that they are not'
      : 'Requests of users are answered by the version before',
    onFailure: /^Stop/.test(title) ? 'Go on: putting the version before back helps more' : ESCALATE,
  };
}

function act(title: string, command: string, expected: string, onFailure: string): PlatformAct {
  return { title, command, action: '', expected, onFailure };
}

function byHand(title: string, action: string, expected: string, onFailure: string): PlatformAct {
  return { title, command: '', action, expected, onFailure };
}

/** The name that a manifest gives, or the parameter in its place. */
function nameOf(target: DeployTarget, parameter: string): string {
  return wordOr(target.workloads?.[0]?.value.name, parameter);
}

function wordOr(name: string | undefined, parameter: string): string {
  return name !== undefined && isWord(name) ? name : `"\${${parameter}}"`;
}

/** The filter of Cloud Logging for one service; its name stands between the filter's own quotes. */
function quoteFor(service: string): string {
  return `"resource.type=cloud_run_revision AND resource.labels.service_name=${plain(service)}"`;
}

/** A word of a command as it stands in a sentence. */
function plain(word: string): string {
  return word.replace(/"/g, '');
}

/** A name that a shell reads as one word and nothing else. */
function isWord(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(text);
}
