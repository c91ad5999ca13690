import { placeholder } from '../../../evidence/fact';
import type { JobCommand, JobWords } from './job-words';
import { plainName } from './job-words';
import { NO_NEEDS, type AwsNeed, type Needs } from './needs';

/** Pulling and pushing images: docs.aws.amazon.com, "Private repository policies". */
const ECR_PUSH = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:GetDownloadUrlForLayer',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/** Commands of the AWS CLI whose operation has the name of the IAM action, by the prefix that IAM uses. */
const PREFIXES: Readonly<Record<string, string>> = {
  lambda: 'lambda',
  ecs: 'ecs',
  ecr: 'ecr',
  ssm: 'ssm',
  secretsmanager: 'secretsmanager',
  sqs: 'sqs',
  sns: 'sns',
  dynamodb: 'dynamodb',
  kms: 'kms',
  route53: 'route53',
  codebuild: 'codebuild',
  codepipeline: 'codepipeline',
  cloudfront: 'cloudfront',
  autoscaling: 'autoscaling',
  rds: 'rds',
  elasticbeanstalk: 'elasticbeanstalk',
  deploy: 'codedeploy',
  elbv2: 'elasticloadbalancing',
  stepfunctions: 'states',
  eks: 'eks',
  cloudformation: 'cloudformation',
};

/** Options that name what an operation works on, by service: the option, and the ARN behind `arn:aws:service:`. */
const RESOURCES: Readonly<Record<string, readonly (readonly [option: string, arn: string])[]>> = {
  lambda: [['--function-name', 'arn:aws:lambda:{region}:{account}:function:NAME']],
  secretsmanager: [['--secret-id', 'arn:aws:secretsmanager:{region}:{account}:secret:NAME-*']],
  cloudfront: [
    ['--distribution-id', 'arn:aws:cloudfront::{account}:distribution/NAME'],
    ['--id', 'arn:aws:cloudfront::{account}:distribution/NAME'],
  ],
  eks: [
    ['--name', 'arn:aws:eks:{region}:{account}:cluster/NAME'],
    ['--cluster-name', 'arn:aws:eks:{region}:{account}:cluster/NAME'],
  ],
  codebuild: [['--project-name', 'arn:aws:codebuild:{region}:{account}:project/NAME']],
  codepipeline: [['--name', 'arn:aws:codepipeline:{region}:{account}:NAME']],
  dynamodb: [['--table-name', 'arn:aws:dynamodb:{region}:{account}:table/NAME']],
  route53: [['--hosted-zone-id', 'arn:aws:route53:::hostedzone/NAME']],
  elasticbeanstalk: [['--application-name', 'arn:aws:elasticbeanstalk:{region}:{account}:application/NAME']],
};

/** Operations for which IAM knows no resource: service authorization reference. */
const ON_EVERYTHING =
  /^(?:ecs:(?:RegisterTaskDefinition|DescribeTaskDefinition|ListTaskDefinitions)|ecr:GetAuthorizationToken|autoscaling:Describe\w*|elasticloadbalancing:Describe\w*)$/;

/** What a job needs in AWS, as far as its commands and actions tell. */
export function awsNeedsOf(words: JobWords): Needs {
  const { commands, actions, where } = words;
  const needs: AwsNeed[] = [];
  const unknown = new Set<string>();
  const eksClusters = new Set<string | null>();
  const unnamed = (what: string): string => placeholder(`${what} of ${where}`);
  for (const command of commands) {
    const [program, service = '', operation = ''] = command.words;
    if (program === 'aws') {
      const found = ofCli(command, service, operation, unnamed);
      if (found === null)
        unknown.add(`what "aws ${plainName(service)} ${plainName(operation)}" needs in ${where}`);
      else needs.push(...found);
      if (service === 'eks' && operation === 'update-kubeconfig') eksClusters.add(command.option('--name'));
    } else if (/^(?:docker|podman|buildah) (?:push|buildx build|build)\b/.test(command.line)) {
      needs.push(...imagesIn(command.words));
    } else if (
      /^(?:terraform|tofu|terragrunt|pulumi)\b.* (?:apply|up|plan|destroy|deploy|preview)\b/.test(
        command.line,
      )
    ) {
      unknown.add(
        `the permissions on the resources that ${plainName(program ?? '')} manages for ${where}, and on its state`,
      );
    } else if (/^(?:sam|serverless|sls|cdk|copilot|eksctl)\b/.test(command.line)) {
      if (program === 'cdk')
        needs.push({ actions: ['sts:AssumeRole'], resources: ['arn:aws:iam::{account}:role/cdk-*'] });
      else unknown.add(`what ${plainName(program ?? '')} creates for ${where}`);
    } else if (/^(?:\.?\.?\/|bash |sh )/.test(command.line) || /\.(?:sh|py|js|rb)$/.test(program ?? '')) {
      unknown.add(
        `what ${plainName(command.words.find((word) => /[./]/.test(word)) ?? program ?? '')} does in AWS, run by ${where}`,
      );
    }
  }
  for (const { action, input } of actions) {
    switch (action) {
      case 'aws-actions/amazon-ecr-login':
        needs.push({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] });
        break;
      case 'docker/login-action':
        if (/\.dkr\.ecr\./.test(input('registry') ?? ''))
          needs.push({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] });
        break;
      case 'docker/build-push-action': {
        const images = imagesIn([input('tags') ?? '']);
        needs.push(...images);
        break;
      }
      case 'aws-actions/amazon-ecs-deploy-task-definition': {
        const service = input('service');
        const cluster = input('cluster') ?? 'default';
        needs.push(
          { actions: ['ecs:RegisterTaskDefinition', 'ecs:DescribeTaskDefinition'], resources: ['*'] },
          {
            actions: ['ecs:UpdateService', 'ecs:DescribeServices'],
            resources: [
              service === null
                ? unnamed('the ARN of the service')
                : `arn:aws:ecs:{region}:{account}:service/${cluster}/${service}`,
            ],
          },
          { actions: ['iam:PassRole'], resources: [unnamed('the ARNs of task role and execution role')] },
        );
        break;
      }
      case 'aws-actions/aws-cloudformation-github-deploy':
        unknown.add(
          `what the template of the stack ${plainName(input('name') ?? '')} creates, deployed by ${where}`,
        );
        break;
      case 'aws-actions/aws-lambda-deploy': {
        const name = input('function-name');
        needs.push({
          actions: [
            'lambda:GetFunctionConfiguration',
            'lambda:PublishVersion',
            'lambda:UpdateFunctionCode',
            'lambda:UpdateFunctionConfiguration',
          ],
          resources: [
            name === null
              ? unnamed('the ARN of the function')
              : `arn:aws:lambda:{region}:{account}:function:${name}`,
          ],
        });
        break;
      }
      default:
        if (
          /^(?:aws-actions\/configure-aws-credentials|aws-actions\/amazon-ecs-render-task-definition)$/.test(
            action,
          )
        )
          break;
        if (/aws|(?:^|[-/])(?:ecs|ecr|s3|eks|lambda|cloudfront)/.test(action))
          unknown.add(`what the action ${plainName(action)} needs in AWS, used by ${where}`);
    }
  }
  const region = regionOf(words);
  const aws = needs.map((need) => ({
    ...need,
    resources: need.resources.map((resource) =>
      region === null ? resource : resource.replaceAll('{region}', region),
    ),
  }));
  return { ...NO_NEEDS, aws, eksClusters: [...eksClusters], unknown: [...unknown] };
}

/** The one region that the job's login and commands name; null for none, and for several. */
function regionOf({ commands, actions }: JobWords): string | null {
  const regions = new Set<string>();
  for (const { action, input, names } of actions) {
    if (action === 'aws-actions/configure-aws-credentials' && names.includes('aws-region'))
      regions.add(input('aws-region') ?? '');
  }
  for (const command of commands) if (command.has('--region')) regions.add(command.option('--region') ?? '');
  const [only = '', ...more] = regions;
  return more.length === 0 && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(only) ? only : null;
}

/** Null for a command whose permissions are not known here; none for one that needs none. */
function ofCli(
  command: JobCommand,
  service: string,
  operation: string,
  unnamed: (what: string) => string,
): readonly AwsNeed[] | null {
  if (service === 's3') return ofS3(command, operation, unnamed);
  if (service === 'configure' || service === 'sts' || service === '--version') return [];
  if (service === 'ecr' && /^(?:get-login-password|get-login)$/.test(operation))
    return [{ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }];
  if (service === 'eks' && operation === 'update-kubeconfig')
    return [{ actions: ['eks:DescribeCluster'], resources: [resourceOf(command, 'eks', unnamed)] }];
  if (service === 'ecs') return ofEcs(command, operation, unnamed);
  if (service === 'ssm' && /^get-parameters?$|^put-parameter$/.test(operation)) {
    const name = command.option('--name', '--names')?.replace(/^\//, '');
    return [
      {
        actions: [`ssm:${pascal(operation)}`],
        resources: [
          name ? `arn:aws:ssm:{region}:{account}:parameter/${name}` : unnamed('the ARN of the parameter'),
        ],
      },
    ];
  }
  if (service === 'lambda' && operation === 'wait') {
    return [
      { actions: ['lambda:GetFunctionConfiguration'], resources: [resourceOf(command, 'lambda', unnamed)] },
    ];
  }
  if (service === 'cloudformation' && !/^(?:describe|get|list|validate|cancel)/.test(operation)) return null;
  const prefix = PREFIXES[service];
  if (prefix === undefined || operation === '' || operation === 'wait' || !/^[a-z0-9-]+$/.test(operation))
    return null;
  const action = `${prefix}:${pascal(operation)}`;
  return [
    {
      actions: [action],
      resources: [ON_EVERYTHING.test(action) ? '*' : resourceOf(command, service, unnamed)],
    },
  ];
}

function ofEcs(
  command: JobCommand,
  operation: string,
  unnamed: (what: string) => string,
): readonly AwsNeed[] | null {
  const cluster = command.option('--cluster') ?? (command.has('--cluster') ? null : 'default');
  const service = command.option('--service', '--services');
  const arn =
    cluster !== null && service !== null
      ? `arn:aws:ecs:{region}:{account}:service/${cluster}/${service}`
      : unnamed('the ARN of the service');
  const pass: AwsNeed = {
    actions: ['iam:PassRole'],
    resources: [unnamed('the ARNs of task role and execution role')],
  };
  switch (operation) {
    case 'update-service':
      return [{ actions: ['ecs:UpdateService'], resources: [arn] }];
    case 'describe-services':
    case 'wait':
      return [{ actions: ['ecs:DescribeServices'], resources: [arn] }];
    case 'register-task-definition':
      return [{ actions: ['ecs:RegisterTaskDefinition'], resources: ['*'] }, pass];
    case 'describe-task-definition':
      return [{ actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] }];
    case 'run-task': {
      const definition = command.option('--task-definition');
      return [
        {
          actions: ['ecs:RunTask'],
          resources: [
            definition !== null && !definition.startsWith('arn:')
              ? `arn:aws:ecs:{region}:{account}:task-definition/${definition.split(':')[0] ?? definition}:*`
              : unnamed('the ARN of the task definition'),
          ],
        },
        pass,
      ];
    }
    default:
      return null;
  }
}

/** `cp`, `sync`, `mv`, `rm`, `ls`: reading from one side, writing to the other. */
function ofS3(
  command: JobCommand,
  operation: string,
  unnamed: (what: string) => string,
): readonly AwsNeed[] | null {
  const words = command.words.slice(3);
  const places = words.filter((word) => !word.startsWith('-') && /^s3:\/\//.test(word));
  const plain = words.filter((word) => !word.startsWith('-'));
  const [first = ''] = plain;
  const source = first.startsWith('s3://') ? first : null;
  const isRead = source !== null && /^(?:cp|mv|sync)$/.test(operation);
  const target = isRead ? (places[1] ?? null) : (places[0] ?? null);
  const open = plain.some((word) => word.includes('$'));
  const on = (place: string | null): { readonly bucket: string; readonly objects: string } => {
    const [, bucket = '', prefix = ''] =
      /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/([\w./-]*))?$/.exec(place ?? '') ?? [];
    return bucket === ''
      ? {
          bucket: unnamed('the ARN of the bucket'),
          objects: unnamed('the ARN of the bucket with its prefix'),
        }
      : {
          bucket: `arn:aws:s3:::${bucket}`,
          objects: `arn:aws:s3:::${bucket}/${prefix === '' ? '' : `${prefix.replace(/\/$/, '')}${operation === 'cp' && /\.\w+$/.test(prefix) ? '' : '/'}`}*`,
        };
  };
  const write = (place: string | null): readonly AwsNeed[] => [
    ...(operation === 'sync' || command.has('--recursive')
      ? [{ actions: ['s3:ListBucket'], resources: [on(place).bucket] }]
      : []),
    {
      actions: [
        's3:PutObject',
        ...(command.has('--delete') ? ['s3:DeleteObject'] : []),
        ...(command.has('--acl') ? ['s3:PutObjectAcl'] : []),
      ],
      resources: [on(place).objects],
    },
  ];
  switch (operation) {
    case 'ls':
      return [{ actions: ['s3:ListBucket'], resources: [on(places[0] ?? null).bucket] }];
    case 'rm':
      return [
        ...(command.has('--recursive')
          ? [{ actions: ['s3:ListBucket'], resources: [on(places[0] ?? null).bucket] }]
          : []),
        { actions: ['s3:DeleteObject'], resources: [on(places[0] ?? null).objects] },
      ];
    case 'cp':
    case 'mv':
    case 'sync': {
      if (!isRead && target === null && !open) return null;
      return [
        ...(isRead
          ? [
              { actions: ['s3:ListBucket'], resources: [on(source).bucket] },
              {
                actions: ['s3:GetObject', ...(operation === 'mv' ? ['s3:DeleteObject'] : [])],
                resources: [on(source).objects],
              },
            ]
          : []),
        ...(!isRead || target !== null ? write(target) : []),
      ];
    }
    default:
      return null;
  }
}

function resourceOf(command: JobCommand, service: string, unnamed: (what: string) => string): string {
  for (const [option, arn] of RESOURCES[service] ?? []) {
    const name = command.option(option);
    if (name?.startsWith('arn:')) return name;
    if (name !== null) return arn.replace('NAME', name);
  }
  return unnamed(`the ARN that aws ${plainName(service)} works on`);
}

/** The repositories of ECR that words name as images. */
function imagesIn(words: readonly string[]): readonly AwsNeed[] {
  return words.flatMap((word) =>
    word.split(/[\s,]+/).flatMap((part) => {
      const match = /(?:^|=)(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([\w./-]+)/.exec(part);
      return match
        ? [
            {
              actions: ECR_PUSH,
              resources: [`arn:aws:ecr:${match[2] ?? ''}:${match[1] ?? ''}:repository/${match[3] ?? ''}`],
            },
          ]
        : [];
    }),
  );
}

function pascal(operation: string): string {
  return operation
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');
}
