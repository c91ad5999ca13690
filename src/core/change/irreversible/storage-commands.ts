/** What a command empties or deletes, by its words; null where it does not. */
export interface StorageLoss {
  /** A phrase after "it": "deletes the bucket s3://x". */
  readonly what: string;
  /** The words that name what is lost. */
  readonly targets: readonly string[];
  /** It makes a copy like its source, which is there to be copied again: a risk, no loss. */
  readonly isPartial: boolean;
}

/** One command that deletes stored data. */
interface StorageCommand {
  /** The program and the words that make it this command, in this order, options between them. */
  readonly words: readonly (string | RegExp)[];
  /** An option that has to be there as well. */
  readonly needs?: RegExp;
  readonly what: string;
  /** It acts on the machine where it runs, unless one of these options names another. */
  readonly host?: RegExp;
  /** It always acts on the machine where it runs: a workflow's runner, which is thrown away. */
  readonly isLocal?: boolean;
  readonly isPartial?: boolean;
}

/** Options of client programs that name the server. */
const DATABASE_HOST = /^(?:-h|--host)(?:=|$)|^-h./;

/** Commands that delete or empty what is stored, by the documentation of each; one line per command. */
const COMMANDS: readonly StorageCommand[] = [
  { words: ['aws', 's3', 'rb'], what: 'deletes the bucket' },
  { words: ['aws', 's3', 'rm'], needs: /^--recursive$/, what: 'empties' },
  {
    words: ['aws', 's3', 'sync'],
    needs: /^--delete$/,
    isPartial: true,
    what: 'deletes what the source does not have in',
  },
  { words: ['aws', 's3api', 'delete-bucket'], what: 'deletes the bucket' },
  { words: ['aws', 's3api', 'delete-objects'], what: 'deletes objects of the bucket' },
  { words: ['aws', 'sqs', /^(?:delete-queue|purge-queue)$/], what: 'deletes or empties the queue' },
  { words: ['aws', 'sns', 'delete-topic'], what: 'deletes the topic' },
  { words: ['aws', 'kinesis', 'delete-stream'], what: 'deletes the stream' },
  { words: ['aws', 'dynamodb', /^delete-(?:table|backup)$/], what: 'deletes the table or backup' },
  {
    words: ['aws', 'rds', /^delete-db-(?:instance|cluster|snapshot|cluster-snapshot)$/],
    what: 'deletes the database or snapshot',
  },
  {
    words: ['aws', 'elasticache', /^delete-(?:cache-cluster|replication-group|snapshot)$/],
    what: 'deletes the cache',
  },
  { words: ['aws', 'ec2', /^delete-(?:volume|snapshot)$/], what: 'deletes the volume or snapshot' },
  { words: ['aws', 'efs', 'delete-file-system'], what: 'deletes the file system' },
  { words: ['aws', 'ecr', 'delete-repository'], what: 'deletes the images of' },
  { words: ['aws', 'backup', /^delete-(?:recovery-point|backup-vault)$/], what: 'deletes the backup' },
  { words: ['aws', 'cloudformation', 'delete-stack'], what: 'deletes the stack with its resources' },
  { words: ['gsutil', 'rb'], what: 'deletes the bucket' },
  { words: ['gsutil', 'rm'], needs: /^-[a-z]*[rR]/, what: 'empties' },
  {
    words: ['gsutil', 'rsync'],
    needs: /^-[a-z]*d/,
    isPartial: true,
    what: 'deletes what the source does not have in',
  },
  { words: ['gcloud', 'storage', 'buckets', 'delete'], what: 'deletes the bucket' },
  { words: ['gcloud', 'storage', 'rm'], needs: /^(?:-r|-R|--recursive)$/, what: 'empties' },
  { words: ['gcloud', 'sql', /^(?:instances|databases|backups)$/, 'delete'], what: 'deletes the database' },
  {
    words: ['gcloud', 'pubsub', /^(?:topics|subscriptions|snapshots)$/, 'delete'],
    what: 'deletes the queue',
  },
  { words: ['gcloud', 'compute', /^(?:disks|snapshots)$/, 'delete'], what: 'deletes the disk or snapshot' },
  { words: ['gcloud', 'redis', 'instances', 'delete'], what: 'deletes the cache' },
  { words: ['gcloud', 'filestore', 'instances', 'delete'], what: 'deletes the file system' },
  {
    words: ['gcloud', /^(?:spanner|bigtable)$/, /^(?:instances|databases)$/, 'delete'],
    what: 'deletes the database',
  },
  { words: ['gcloud', 'container', 'clusters', 'delete'], what: 'deletes the cluster with its volumes' },
  { words: ['gcloud', 'projects', 'delete'], what: 'deletes the project with all that it holds' },
  { words: ['bq', 'rm'], what: 'deletes the table or data set' },
  {
    words: [
      'az',
      'storage',
      /^(?:account|container|share|queue|table|blob|file|fs)$/,
      /^(?:delete|delete-batch)$/,
    ],
    what: 'deletes the storage',
  },
  {
    words: ['az', /^(?:sql|mysql|postgres|cosmosdb|redis|disk|snapshot|servicebus|eventhubs)$/, 'delete'],
    what: 'deletes',
  },
  { words: ['az', /^(?:sql|mysql|postgres|servicebus|eventhubs)$/, /^[a-z-]+$/, 'delete'], what: 'deletes' },
  { words: ['az', 'group', 'delete'], what: 'deletes the group with all its resources' },
  {
    words: [
      'kubectl',
      'delete',
      /^(?:pvc|pv|persistentvolumeclaims?|persistentvolumes?|ns|namespaces?|crds?|customresourcedefinitions?(?:\.apiextensions\.k8s\.io)?|volumesnapshots?|statefulsets?|sts)(?:\/.+)?$/,
    ],
    what: 'deletes from the cluster',
  },
  {
    words: ['kubectl', 'delete'],
    needs: /^(?:(?:pvc|pv|ns|namespace|crd|sts|statefulset)\/.+)$/,
    what: 'deletes from the cluster',
  },
  { words: ['redis-cli', /^flush(?:all|db)$/i], what: 'empties the cache', host: /^-[hu]$|^--uri$|^-h./ },
  { words: ['valkey-cli', /^flush(?:all|db)$/i], what: 'empties the cache', host: /^-[hu]$|^--uri$|^-h./ },
  {
    words: [/^kafka-topics(?:\.sh)?$/],
    needs: /^--delete$/,
    what: 'deletes the topic',
    host: /^--bootstrap-server/,
  },
  {
    words: [/^kafka-delete-records(?:\.sh)?$/],
    what: 'deletes records of topics',
    host: /^--bootstrap-server/,
  },
  { words: [/^(?:rpk|kcat)$/, 'topic', 'delete'], what: 'deletes the topic' },
  {
    words: ['rabbitmqadmin', /^(?:purge|delete)$/, /^(?:queue|exchange|vhost)$/],
    what: 'deletes or empties the queue',
    host: /^(?:-H|--host)/,
  },
  {
    words: ['rabbitmqctl', /^(?:purge_queue|delete_queue|delete_vhost|reset|force_reset)$/],
    what: 'deletes or empties the queue',
    host: /^(?:-n|--node)/,
  },
  { words: ['docker', 'volume', /^(?:rm|remove|prune)$/], what: 'deletes the volume', isLocal: true },
  {
    words: ['docker', 'compose', 'down'],
    needs: /^(?:-v|--volumes)$/,
    what: 'deletes the volumes of the services',
    isLocal: true,
  },
  {
    words: ['docker-compose', 'down'],
    needs: /^(?:-v|--volumes)$/,
    what: 'deletes the volumes of the services',
    isLocal: true,
  },
  { words: ['docker', 'system', 'prune'], needs: /^--volumes$/, what: 'deletes volumes', isLocal: true },
  { words: ['podman', 'volume', /^(?:rm|remove|prune)$/], what: 'deletes the volume', isLocal: true },
  { words: ['dropdb'], what: 'deletes the database', host: DATABASE_HOST },
  { words: ['mysqladmin', 'drop'], what: 'deletes the database', host: DATABASE_HOST },
  { words: ['terragrunt', 'run-all', 'destroy'], what: 'destroys the resources' },
  {
    words: [/^(?:terraform|tofu|terragrunt)$/, 'apply'],
    needs: /^-{1,2}destroy$/,
    what: 'destroys the resources',
  },
  { words: [/^(?:terraform|tofu|terragrunt)$/, 'destroy'], what: 'destroys the resources' },
  { words: ['pulumi', /^(?:destroy|down)$/], what: 'destroys the stack with its resources' },
  { words: ['cdk', 'destroy'], what: 'destroys the stack with its resources' },
  { words: [/^(?:serverless|sls)$/, 'remove'], what: 'removes the service with its resources' },
  { words: ['velero', /^(?:backup|restore)$/, 'delete'], what: 'deletes the backup' },
  { words: ['restic', 'forget'], needs: /^--prune$/, what: 'deletes backups' },
];

const byProgram = new Map<string, StorageCommand[]>();
const withPattern: StorageCommand[] = [];
for (const command of COMMANDS) {
  const [program] = command.words;
  if (typeof program === 'string') byProgram.set(program, [...(byProgram.get(program) ?? []), command]);
  else withPattern.push(command);
}

/** Options with which a command only says what it would do. */
const ONLY_TOLD = /^(?:--?dry-?run(?:=(?!none|false).*)?|--dryrun|--help|-n=true|--what-if|--whatif|--noop)$/;

/**
 * What stored data a command deletes or empties.
 *
 * @param runsOnThrowaway Whether what is on the machine is gone with it anyway: a workflow's runner.
 */
export function storageLossOf(words: readonly string[], runsOnThrowaway: boolean): StorageLoss | null {
  const program = (words[0] ?? '').split('/').pop() ?? '';
  const rest = words.slice(1);
  if (rest.some((word) => ONLY_TOLD.test(word))) return null;
  if (program === 'gsutil' && rest.some((word) => /^-[a-z]*n$/.test(word)) && rest.includes('rsync'))
    return null;
  for (const command of [...(byProgram.get(program) ?? []), ...withPattern]) {
    const behind = match([program, ...rest], command.words);
    if (behind === null) continue;
    if (command.needs && !rest.some((word) => command.needs?.test(word))) continue;
    if (runsOnThrowaway && (command.isLocal || (command.host && !namesOtherHost(rest, command.host))))
      continue;
    if (
      rest.some((word) =>
        /^(?:--endpoint-url=?.*)?https?:\/\/(?:localhost|127\.0\.0\.1|localstack)\b/.test(word),
      )
    )
      continue;
    const targets = behind.filter((word) => !word.startsWith('-'));
    const last = /s3$/.test(String(command.words[1])) ? targets.slice(-1) : targets;
    return {
      what: [command.what, ...last.slice(0, 3)].join(' '),
      targets,
      isPartial: command.isPartial ?? false,
    };
  }
  return null;
}

/** Words that make what later words name: what a script has made itself it may delete again. */
export function createdBy(words: readonly string[]): readonly string[] {
  const isMaking = words
    .slice(0, 4)
    .some((word) => /^(?:mb|create|createdb|create-[a-z-]+|create_[a-z]+|declare|--create)$/.test(word));
  return isMaking ? words.slice(1).filter((word) => !word.startsWith('-')) : [];
}

/** The words behind the last one that matched; null where they do not match in this order, only options between. */
function match(words: readonly string[], pattern: readonly (string | RegExp)[]): readonly string[] | null {
  let at = 0;
  for (const [index, expected] of pattern.entries()) {
    for (;;) {
      const word = words[at];
      if (word === undefined) return null;
      at++;
      if (typeof expected === 'string' ? word === expected : expected.test(word)) break;
      // Options, and the values of those before the subcommand, may stand between the words of a command.
      const isPassed = index > 0 && (word.startsWith('-') || (words[at - 2]?.startsWith('-') ?? false));
      if (!isPassed) return null;
    }
  }
  return words.slice(at);
}

function namesOtherHost(words: readonly string[], host: RegExp): boolean {
  return words.some((word, index) => {
    if (!host.test(word)) return false;
    const value = word.includes('=')
      ? word.slice(word.indexOf('=') + 1)
      : /^-[a-zA-Z].+/.test(word) && !word.startsWith('--')
        ? word.slice(2)
        : (words[index + 1] ?? '');
    return !/(?:^|@|\/\/)(?:localhost|127\.0\.0\.1|::1|0\.0\.0\.0)(?:$|[:/])/.test(value);
  });
}

/** Matches a text that names one of the programs. */
export const STORAGE_PROGRAMS =
  /\b(?:aws|gsutil|gcloud|bq|az|kubectl|redis-cli|valkey-cli|kafka-[a-z-]+|rpk|kcat|rabbitmq[a-z]+|docker(?:-compose)?|podman|dropdb|mysqladmin|terraform|tofu|terragrunt|pulumi|cdk|serverless|sls|velero|restic)\b/;
