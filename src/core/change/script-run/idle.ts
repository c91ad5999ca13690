/** Commands that change nothing where they run: a branch that runs only these goes nowhere. */
const IDLE = new Set([
  ...[
    'echo',
    'printf',
    'exit',
    'return',
    ':',
    'true',
    'false',
    'usage',
    'help',
    'shift',
    'cat',
    'set',
    'unset',
  ],
  ...[
    'test',
    '[',
    'cd',
    'pushd',
    'popd',
    'pwd',
    'sleep',
    'wait',
    'read',
    'date',
    'tput',
    'clear',
    'tee',
    'shopt',
  ],
  ...[
    'logger',
    'ls',
    'head',
    'tail',
    'grep',
    'egrep',
    'awk',
    'cut',
    'sort',
    'uniq',
    'tr',
    'wc',
    'jq',
    'yq',
    'column',
  ],
  ...[
    'basename',
    'dirname',
    'realpath',
    'readlink',
    'which',
    'type',
    'command',
    'hash',
    'whoami',
    'id',
    'env',
  ],
  ...[
    'printenv',
    'mktemp',
    'mkdir',
    'touch',
    'trap',
    'umask',
    'ulimit',
    'let',
    'local',
    'alias',
    'figlet',
    'banner',
  ],
  ...[
    'export',
    'declare',
    'readonly',
    'typeset',
    'mapfile',
    'readarray',
    'select',
    'ping',
    'nc',
    'diff',
    'stat',
    'find',
  ],
]);

/** Command lines that only look, or only tell somebody; `*` stands for any word, options between are skipped. */
const LOOKING: readonly RegExp[] = [
  /^git (?:describe|log|tag(?: -l| --list| --sort\S*)?$|tag -l|tag --|status|fetch|rev-parse|rev-list|diff|show|branch|remote|config|ls-remote|for-each-ref)\b/,
  /^(?:kubectl|oc) (?:get|describe|logs|config|version|cluster-info|wait|top|explain|auth|diff|events)\b/,
  /^(?:kubectl|oc) rollout (?:status|history)\b/,
  /^helm (?:list|ls|history|status|get|show|version|repo|template|lint|search|dependency|diff)\b/,
  /^docker (?:ps|images|image ls|image inspect|inspect|logs|version|info|login|stats|manifest inspect)\b/,
  /^(?:docker compose|docker-compose) (?:ps|logs|config|images|version|ls)\b/,
  /^aws \S+ (?:describe|list|get|wait|head)\b/,
  /^aws sts\b/,
  /^gcloud (?:.* )?(?:describe|list|config|auth)\b/,
  /^az (?:.* )?(?:show|list|login|account)\b/,
  /^(?:terraform|tofu) (?:plan|show|output|validate|fmt|init|version|state list|workspace)\b/,
  /^(?:systemctl|service) (?:status|is-active|list-units|\S+ status)\b/,
  /^(?:pm2) (?:list|ls|logs|status|describe|show)\b/,
  /^(?:cf|heroku|fly|flyctl) (?:apps|app|releases|status|logs|info|ps|login|target|list)\b/,
  /^gh (?:release|run|workflow|pr|repo|api|auth) (?:list|view|status|watch|checks)\b/,
  /^ssh-(?:keyscan|add|agent|keygen)\b/,
  /^(?:mail|mailx|sendmail|notify-send|slack|slackcat)\b/,
];

const ASKING = /^(?:curl|wget)\b/;
const SENDING =
  /\s(?:-X|--request)[= ]?(?:POST|PUT|PATCH|DELETE)\b|\s(?:-d|--data\S*|-F|--form|-T|--upload-file|--json|--post-data\S*)(?:[\s=]|$)/;
const TELLING =
  /slack|discord|teams|mattermost|telegram|pagerduty|opsgenie|webhook|notif|ntfy|chat\.googleapis|sentry|newrelic|datadog|grafana|alert/i;

/** Whether a command, its wrappers taken away, changes nothing that runs: it talks, looks, waits, or tells somebody. */
export function isIdle(words: readonly string[]): boolean {
  const [program = ''] = words;
  const name = program.split('/').pop() ?? '';
  if (name === '' || IDLE.has(program) || IDLE.has(name)) return true;
  const plain = [
    name,
    ...words.slice(1).filter((word) => !/^-/.test(word) || /^--?(?:l|list|sort\S*)$/.test(word)),
  ].join(' ');
  if (LOOKING.some((pattern) => pattern.test(plain))) return true;
  const line = words.join(' ');
  return ASKING.test(name) && (TELLING.test(line) || !SENDING.test(line));
}
