/** Builtins and keywords of the shell, with what POSIX systems and every distribution bring. */
const OF_THE_SYSTEM = new Set(
  (
    '. : [ [[ alias bg bind break builtin caller cd command compgen complete continue declare dirs disown echo enable ' +
    'eval exec exit export false fc fg function getopts hash help history if for while until case select time then ' +
    'do done fi esac jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set ' +
    'shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait ' +
    'ar at awk basename batch bc cal cat chgrp chmod chown cksum clear cmp column comm cp cron crontab cut date dd df ' +
    'diff dirname dmesg du ed egrep env expand expr factor fgrep file find fold fuser gawk getconf getent gpasswd grep ' +
    'groupadd groups gunzip gzip head host hostname hostnamectl iconv id install ionice ip iptables join journalctl ' +
    'killall last ldconfig less link ln locale logger login logrotate look lp ls lsblk lscpu lsmod lsof mail make man ' +
    'md5sum mesg mkdir mkfifo mktemp modprobe more mount mountpoint mv nc netstat nice nl nohup nproc od openssl passwd ' +
    'paste patch perl pgrep pidof ping pkill pr ps pstree readlink realpath reboot renice rev rm rmdir rsync sar scp sed ' +
    'seq service sftp sh bash zsh dash ksh sha1sum sha256sum sha512sum shasum shred shutdown shuf sleep sort split ss ' +
    'ssh ssh-add ssh-agent ssh-copy-id ssh-keygen ssh-keyscan stat stdbuf strace strings stty su sudo sum swapoff ' +
    'swapon sync sysctl systemctl tac tail tar tee timedatectl timeout top touch tput tr truncate tsort tty umount ' +
    'uname unexpand uniq unlink unxz unzip uptime useradd usermod uuidgen vi vim visudo vmstat w watch wc whereis ' +
    'which who whoami xargs xz yes zcat zgrep zip nano emacs apt apt-get dpkg yum dnf rpm apk brew traceroute dig ' +
    'nslookup base64 hexdump xxd envsubst flock free iostat ulimit screen tmux open xdg-open'
  ).split(' '),
);

/** What nearly everybody has who works on a repository. */
const OF_EVERYBODY = new Set('git curl wget jq ssh make python python3 pip pip3 node npm npx'.split(' '));

/** Programs that operations call, which somebody has to have installed. */
const OF_OPERATIONS = new Set(
  (
    'ab ansible ansible-playbook argo argocd aws aws-vault az azcopy bazel bq buf bun bundle cargo cdk cf cfn-lint ' +
    'chamber circleci cmctl composer consul cosign crictl ctr cue curlie dbmate deno dive docker docker-compose ' +
    'doctl doppler dotnet eb ecs-cli eksctl etcdctl eslint faas fastlane firebase flux fly flyctl gcloud gh ghz glab ' +
    'go gradle grpcurl gsutil heroku helm helmfile hey http httpie influx istioctl java javac jest jfrog k6 k9s ' +
    'kafka-topics kafka-topics.sh kind knex ko kops kubeadm kubectl kubectx kubens kustomize linkerd liquibase loki ' +
    'logcli mage mc minikube mongo mongodump mongorestore mongosh mvn mysql mysqladmin mysqldump ncat nerdctl netlify ' +
    'newman nix nmap nomad oc oci okteto op opa oras packer pg_dump pg_isready pg_restore pgbench php pipenv pipx ' +
    'pnpm podman poetry prisma promtool psql pulumi pytest rabbitmqctl rails railway rake redis-cli regctl ruby ' +
    'sam sbt sentry-cli serverless siege skaffold skopeo sops sqlcmd sqlite3 sqlplus stern supabase swift syft task ' +
    'telnet terraform terragrunt tilt tofu trivy tsc uv uvx vault vegeta velero vercel waypoint wrangler wrk yarn yq'
  ).split(' '),
);

/** Whether a word is a program that people know: a block without a language that begins with it holds commands. */
export function isUsualProgram(word: string): boolean {
  return OF_THE_SYSTEM.has(word) || OF_EVERYBODY.has(word) || OF_OPERATIONS.has(word);
}

/** Whether nobody has to be told that it is needed. */
export function isAlwaysThere(word: string): boolean {
  return OF_THE_SYSTEM.has(word) || OF_EVERYBODY.has(word);
}

/** Whether a word is a program of operations, which a document names among what is needed. */
export function isOperationsProgram(word: string): boolean {
  return OF_OPERATIONS.has(word);
}
