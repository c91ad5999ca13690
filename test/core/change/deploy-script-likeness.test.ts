import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { readScriptRollback } from '../../../src/core/change/deploy-script';
import type { ShellParser } from '../../../src/core/ports';

/*
 * Scripts in the likeness of public ones, cut down to what decides. Each was written for this test after the way in which
 * people write theirs: option loops that remember, getopts, subcommands, main functions, helpers that only talk.
 */

const HANDLED: Readonly<Record<string, string>> = {
  'a loop of options with a flag and a function that exits': `
set -euo pipefail
SKIP_BUILD=false
ROLLBACK=false
for arg in "$@"; do
    case $arg in
        --skip-build) SKIP_BUILD=true; shift ;;
        --rollback) ROLLBACK=true; shift ;;
        *) ;;
    esac
done
print_status() { echo "[status] $1"; }
if [ ! -f .env.production ]; then echo missing; exit 1; fi
rollback() {
    print_status "Rolling back"
    docker compose -f "$COMPOSE_FILE" up -d --no-build app:previous
    exit 0
}
if [ "$ROLLBACK" = true ]; then rollback; fi
docker compose build && docker compose up -d
`,
  'a mode chosen among many, refused when it is none': `
MODE=""
SINGLE=""
usage() { echo usage; exit 1; }
die() { echo "$1" >&2; exit 1; }
while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run)  MODE="dry-run" ;;
    --phase)    MODE="phase"; PHASE="$2"; shift ;;
    --all)      MODE="all" ;;
    --rollback) MODE="rollback" ;;
    --help|-h)  usage ;;
    *)          die "unknown option: $1" ;;
  esac
  shift
done
[ -z "$MODE" ] && usage
case "$MODE" in
  dry-run) echo would ;;
  all) psql -f up.sql ;;
  rollback) psql "$DB_URL" -f down.sql ;;
esac
`,
  'numbers for flags, and exclusive modes': `
MODE_VERIFY=0
MODE_ROLLBACK=0
EXECUTE=0
while [ $# -gt 0 ]; do
  case "$1" in
    --verify-only) MODE_VERIFY=1 ;;
    --rollback) MODE_ROLLBACK=1 ;;
    --yes) EXECUTE=1 ;;
    --service-arn)
      shift
      [ $# -gt 0 ] || { echo "needs a value" >&2; exit 1; }
      SERVICE_ARN="$1"
      ;;
    --service-arn=*) SERVICE_ARN="\${1#--service-arn=}" ;;
    --*) echo "unknown option $1" >&2; exit 1 ;;
    *) SURFACE="$1" ;;
  esac
  shift
done
if (( MODE_ROLLBACK )); then
  aws apprunner update-service --service-arn "$SERVICE_ARN" --source-configuration file://previous.json
  exit 0
fi
aws apprunner start-deployment --service-arn "$SERVICE_ARN"
`,
  'two arguments that have to come first': `
AGENT="\${1:-}"
HOST="\${2:-}"
if [ -z "$AGENT" ] || [ "$AGENT" = "-h" ]; then usage; exit 0; fi
[ -n "$HOST" ] || { echo "need both"; exit 1; }
shift 2
ROLLBACK=0
while [ $# -gt 0 ]; do
  case "$1" in
    --rollback) ROLLBACK=1; shift ;;
    *) echo unknown; exit 1 ;;
  esac
done
if [ "$ROLLBACK" -eq 1 ]; then
  ssh "$HOST" "systemctl start old.service"
  exit 0
fi
ssh "$HOST" "systemctl stop old.service"
`,
  'one argument, read-only, then a case on it': `
if [[ $EUID -ne 0 || $# -ne 1 ]]; then echo "one argument" >&2; exit 64; fi
readonly ACTION="$1"
case "$ACTION" in --dry-run|--stage|--apply|--rollback) ;; *) exit 64 ;; esac
if [[ "$ACTION" == "--rollback" ]]; then
  ln -sfn "$PREVIOUS" "$CURRENT"
  systemctl restart app
  exit
fi
ln -sfn "$STAGED" "$CURRENT"
`,
  'getopts with a letter whose variable says it': `
while getopts ":e:t:rh" opt; do
  case \${opt} in
    e) ENVIRONMENT=$OPTARG ;;
    t) TAG=$OPTARG ;;
    r) DO_ROLLBACK=1 ;;
    h) usage; exit 0 ;;
    \\?) echo "invalid"; exit 1 ;;
  esac
done
shift $((OPTIND -1))
if [ -z "$ENVIRONMENT" ]; then echo "-e is needed"; exit 1; fi
if [ -n "$DO_ROLLBACK" ]; then
  helm rollback api 0 -n "$ENVIRONMENT"
else
  helm upgrade api ./chart -n "$ENVIRONMENT" --set tag="$TAG"
fi
`,
  'getopts that reads long options': `
while getopts "v:-:" OPT; do
  if [ "$OPT" = "-" ]; then OPT="\${OPTARG%%=*}"; fi
  case "$OPT" in
    v) VERSION="$OPTARG" ;;
    rollback) ACTION=rollback ;;
    *) exit 2 ;;
  esac
done
if [ "\${ACTION:-deploy}" = rollback ]; then kubectl rollout undo deployment/web; exit 0; fi
kubectl set image deployment/web web="web:$VERSION"
`,
  'getopt and eval': `
OPTS=$(getopt -o rv: --long rollback,version: -n deploy -- "$@")
eval set -- "$OPTS"
while true; do
  case "$1" in
    -r | --rollback ) ROLLBACK=yes; shift ;;
    -v | --version ) VERSION="$2"; shift 2 ;;
    -- ) shift; break ;;
    * ) break ;;
  esac
done
[[ "$ROLLBACK" == yes ]] && { cf rollback-app; exit; }
cf push
`,
  '--rollback=version': `
for i in "$@"; do
  case $i in
    --rollback=*) TARGET="\${i#*=}"; shift ;;
    --env=*) ENV="\${i#*=}" ;;
  esac
done
if [ -n "\${TARGET:-}" ]; then
  kubectl set image deploy/api api="registry.acme.io/api:$TARGET"
  exit 0
fi
kubectl apply -f k8s/
`,
  'a main function with subcommands': `
cmd_deploy() { ansible-playbook deploy.yml; }
cmd_rollback() {
  local version="\${1:-previous}"
  ansible-playbook rollback.yml -e "version=$version"
}
main() {
  local command="\${1:-}"
  [ $# -gt 0 ] && shift
  case "$command" in
    deploy) cmd_deploy "$@" ;;
    rollback) cmd_rollback "$@" ;;
    *) echo "usage: $0 deploy|rollback"; exit 1 ;;
  esac
}
main "$@"
`,
  'the environment first, the action second, in lower case': `
ENVIRONMENT=$1
ACTION=$(echo "$2" | tr '[:upper:]' '[:lower:]')
case "$ENVIRONMENT" in
  staging|production) ;;
  *) echo "unknown environment"; exit 1 ;;
esac
if [ "$ACTION" == "rollback" ]; then
  gcloud run services update-traffic api --to-revisions "$PREVIOUS=100"
  exit 0
fi
gcloud run deploy api --image "$IMAGE"
`,
  'the same command with the version before': `
TAG="\${1:-latest}"
if [ "$1" = "--rollback" ]; then
  TAG=$(cat .previous-tag)
fi
docker service update --image "acme/api:$TAG" api
`,
  'a function that picks the version': `
pick() {
  if [ "$MODE" = rollback ]; then cat releases/previous; else cat releases/latest; fi
}
MODE=deploy
[ "\${1:-}" = "rollback" ] && MODE=rollback
VERSION=$(pick)
docker stack deploy -c "stack-$VERSION.yml" app
`,
  'a variable of the environment': `
if [ "\${ROLLBACK:-false}" = "true" ]; then
  aws deploy stop-deployment --deployment-id "$ID" --auto-rollback-enabled
  exit 0
fi
aws deploy create-deployment --application-name api
`,
  'an action in the environment': `
set -e
if [ "$ACTION" = "rollback" ]; then
  pm2 deploy production revert 1
else
  pm2 deploy production
fi
`,
  'a pattern with a dash or none': `
case "\${1:-deploy}" in
  deploy) rsync -az dist/ web@host:/srv/app/releases/new/ ;;
  ?(--)rollback) ssh web@host 'ln -sfn /srv/app/releases/old /srv/app/current' ;;
esac
`,
  'a test with or': `
if [[ "$1" == "-r" || "$1" == "--rollback" ]]; then
  terraform apply -var "image_tag=$(terraform output -raw previous_tag)"
  exit $?
fi
terraform apply -var "image_tag=$1"
`,
  'a question that is asked before': `
if [ "$1" = "rollback" ]; then
  read -p "Really? " -n 1 answer
  if [[ $answer =~ ^[Yy]$ ]]; then
    heroku rollback --app shop
  fi
  exit 0
fi
git push heroku main
`,
  'all of the arguments handed to a function': `
do_rollback() { nomad job revert api "$1"; }
do_deploy() { nomad job run api.nomad; }
"do_\${1:-deploy}" "\${@:2}" 2>/dev/null
case "$1" in rollback) do_rollback "$2" ;; esac
`,
};

const NOT_HANDLED: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a branch that refuses': [
    'case "$1" in\n  --rollback) echo "not supported"; exit 1 ;;\n  *) kubectl apply -f k8s ;;\nesac\n',
    /knows --rollback at line 3 and does nothing for it/,
  ],
  'a branch that explains': [
    `
MODE=check
while [ $# -gt 0 ]; do
  case "$1" in --go) MODE=go ;; --rollback) MODE=rollback ;; esac
  shift
done
say() { echo "$*"; }
case "$MODE" in
  go) docker compose up -d ;;
  rollback) say "to go back, run: docker compose up -d app:old"; exit 0 ;;
esac
`,
    /does nothing for it/,
  ],
  'a flag that nothing reads': [
    `
ROLLBACK=false
while [ $# -gt 0 ]; do case "$1" in --rollback) ROLLBACK=true ;; esac; shift; done
kubectl apply -f k8s/
`,
    /knows --rollback at line \d+ and runs the same as without it/,
  ],
  'a flag that is tested the wrong way round': [
    `
MODE=deploy
[ "$1" = "--rollback" ] && MODE=rollback
if [ "$MODE" = deploy ]; then kubectl apply -f k8s/; fi
`,
    /does nothing for it/,
  ],
  'a branch that another pattern takes first': [
    'case "$1" in\n  --*) echo "unknown option"; exit 1 ;;\n  --rollback) kubectl rollout undo deploy/x ;;\nesac\nkubectl apply -f k8s/\n',
    /has a branch for --rollback at line 4 that is never reached/,
  ],
  'a branch behind an exit': [
    'kubectl apply -f k8s/\nexit 0\nif [ "$1" = "--rollback" ]; then kubectl rollout undo deploy/x; fi\n',
    /never reached/,
  ],
  'a branch behind false': [
    'if false; then\n  if [ "$1" = "--rollback" ]; then kubectl rollout undo deploy/x; fi\nfi\nkubectl apply -f k8s/\n',
    /never reached/,
  ],
  'a function that nobody calls': [
    'rollback() { kubectl rollout undo deploy/x; }\nkubectl apply -f k8s/\n',
    /has no branch for --rollback/,
  ],
  'a rollback of its own accord when something fails': [
    'rollback() { kubectl rollout undo deploy/x; }\nkubectl apply -f k8s/ || rollback\n',
    /has no branch for --rollback/,
  ],
  'a message to a chat': [
    'if [ "$1" = rollback ]; then curl -X POST -d "rolling back" "$SLACK_WEBHOOK"; exit 1; fi\n./kubectl apply -f k8s/\n',
    /does nothing for it/,
  ],
  'looking at what there is': [
    'case "$1" in\n  rollback) kubectl rollout history deploy/x; helm history x ;;\n  *) kubectl apply -f k8s ;;\nesac\n',
    /does nothing for it/,
  ],
  'the name of a release': ['helm upgrade rollback-service ./chart --set rollback=true\n', /has no branch/],
  'a pattern that only leaves': [
    'for a in "$@"; do case $a in --rollback) break;; esac; done\nkubectl apply -f k8s\n',
    /runs the same as without it/,
  ],
};

const UNREAD: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a question at run time': [
    'echo "1) deploy 2) rollback"\nread -r choice\ncase "$choice" in\n  deploy) kubectl apply -f k8s ;;\n  rollback) kubectl rollout undo deploy/x ;;\nesac\n',
    /decides by what it learns while it runs/,
  ],
  'the word handed on to another program': [
    'ACTION=$1\ncase "$ACTION" in deploy|rollback) ;; *) exit 1 ;; esac\ncap production "$ACTION"\n',
    /hands the request on to "cap production rollback"/,
  ],
};

describe('scripts in the likeness of public ones', () => {
  let shell: ShellParser;
  before(async () => {
    shell = await createParsers().shell();
  });
  const read = (script: string) =>
    readScriptRollback(`#!/usr/bin/env bash\n${script.replace(/^\n/, '')}`, shell);

  for (const [name, script] of Object.entries(HANDLED)) {
    it(`sees ${name}`, () => {
      const found = read(script);
      assert.equal(found.kind, 'handled', JSON.stringify(found));
    });
  }
  for (const [name, [script, why]] of Object.entries(NOT_HANDLED)) {
    it(`is not taken in by ${name}`, () => {
      const found = read(script);
      assert.equal(found.kind, 'not-handled', JSON.stringify(found));
      assert.match(found.kind === 'not-handled' ? found.why : '', why);
    });
  }
  for (const [name, [script, why]] of Object.entries(UNREAD)) {
    it(`leaves open ${name}`, () => {
      const found = read(script);
      assert.equal(found.kind, 'unread', JSON.stringify(found));
      assert.match(found.kind === 'unread' ? found.why : '', why);
    });
  }

  it('names Windows and other languages', () => {
    assert.match(
      JSON.stringify(readScriptRollback('#!/usr/bin/env pwsh\nparam($Rollback)\n', shell)),
      /no shell script/,
    );
  });

  it('ends on scripts that never end, nest or call themselves', () => {
    const hostile = [
      'f() { f "$@"; }\nwhile true; do case "$1" in --rollback) f; esac; done\n',
      'a() { b; b; b; }\nb() { c; c; c; }\nc() { d; d; d; }\nd() { a; a; a; }\n[ "$1" = rollback ] && a\n',
      `${'if [ "$1" = --rollback ]; then '.repeat(60)}x${'; fi'.repeat(60)}\n`,
      `case "$1" in ${'--rollback) a;; '.repeat(400)} esac\n`,
    ];
    for (const script of hostile) {
      const start = performance.now();
      read(script);
      assert.ok(performance.now() - start < 5000);
    }
  });
});
