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
import { HEROKU } from './tools';

const API = 'https://api.heroku.com/apps/$HEROKU_APP';

/** curl with the token on its standard input, so that it is in no list of processes. */
function ask(request: string): string {
  return `curl --fail --silent --show-error --header 'Accept: application/vnd.heroku+json; version=3' --header @- ${request} <<< "Authorization: Bearer $HEROKU_API_KEY"`;
}

/**
 * An app of Heroku. With an image: released by it in each environment. Otherwise Heroku builds the sources once, in the
 * first environment, and every later one is promoted that very slug.
 */
export function herokuMeans({ plan, target }: DeployContext): DeployMeans {
  const isContainer = plan.images.length > 0 && target.form !== 'package';
  if (isContainer && plan.images.length > 1)
    return unknownMeans(['which of the images is which process of the Heroku app']);
  if (!isContainer && plan.artifact?.kind !== 'source') {
    return unknownMeans([
      `how the sources of ${target.path.value} reach Heroku: something is built here first`,
    ]);
  }
  const env = { ...fromSecrets('HEROKU_API_KEY'), ...fromVariables('HEROKU_APP') };
  const needs = [requiredSecret('HEROKU_API_KEY'), required('HEROKU_APP')];
  const container = lines(
    needs,
    `${HEROKU} container:login`,
    'docker pull "$IMAGE"',
    'docker tag "$IMAGE" "registry.heroku.com/$HEROKU_APP/web"',
    'docker push "registry.heroku.com/$HEROKU_APP/web"',
    `${HEROKU} container:release web --app "$HEROKU_APP"`,
  );
  const build = lines(
    needs,
    `source="$(${ask(`--request POST "${API}/sources"`)})"`,
    'curl --fail --silent --show-error --upload-file "$RUNNER_TEMP/release.tar.gz" "$(jq --raw-output .source_blob.put_url <<< "$source")"',
    'checksum="SHA256:$(sha256sum "$RUNNER_TEMP/release.tar.gz" | cut --delimiter=" " --fields=1)"',
    'jq --arg version "$VERSION" --arg checksum "$checksum" \'{source_blob: {url: .source_blob.get_url, version: $version, checksum: $checksum}}\' <<< "$source" > "$RUNNER_TEMP/build.json"',
    `build="$(${ask(`--request POST --header 'Content-Type: application/json' --data-binary "@$RUNNER_TEMP/build.json" "${API}/builds"`)} | jq --raw-output .id)"`,
    'while true; do',
    `  state="$(${ask(`"${API}/builds/$build"`)})"`,
    '  case "$(jq --raw-output .status <<< "$state")" in',
    '    succeeded) break ;;',
    '    pending) sleep 10 ;;',
    '    *)',
    '      echo "::error::Heroku could not build it: $(jq --raw-output .output_stream_url <<< "$state")"',
    '      exit 1',
    '      ;;',
    '  esac',
    'done',
    // The release phase runs after the build, and fails by itself.
    'release="$(jq --raw-output .release.id <<< "$state")"',
    'while true; do',
    `  case "$(${ask(`"${API}/releases/$release"`)} | jq --raw-output .status)" in`,
    '    succeeded) break ;;',
    '    pending) sleep 10 ;;',
    '    *)',
    "      echo '::error::The release phase failed: its output says why'",
    '      exit 1',
    '      ;;',
    '  esac',
    'done',
  );
  const promote = lines(
    needs,
    required('HEROKU_UPSTREAM_APP'),
    `${HEROKU} pipelines:promote --app "$HEROKU_UPSTREAM_APP" --to "$HEROKU_APP"`,
  );
  const steps = (place: Place): readonly DeployStep[] => [
    {
      title: null,
      script: isContainer
        ? { env, run: container }
        : place.isFirst
          ? { env, run: build }
          : { env: { ...env, ...fromVariables('HEROKU_UPSTREAM_APP') }, run: promote },
      check: 'once',
    },
  ];
  return {
    login: [],
    permissions: {},
    record: {
      env,
      run: lines(
        needs,
        `previous="$(${HEROKU} releases --app "$HEROKU_APP" --num 50 --json | jq --raw-output '[.[] | select(.current)][0].version // empty')"`,
        'echo "previous=$previous" >> "$GITHUB_OUTPUT"',
      ),
    },
    recorded: ['previous'],
    steps,
    handedOn: [],
    restore: {
      env,
      run: lines(recordedBefore('PREVIOUS'), `${HEROKU} releases:rollback "v$PREVIOUS" --app "$HEROKU_APP"`),
    },
    redeploy: isContainer
      ? { env, run: container }
      : {
          env,
          run: lines(
            needs,
            // Heroku names the first eight digits of the commit in what it says of a release.
            `release="$(${HEROKU} releases --app "$HEROKU_APP" --num 200 --json | jq --raw-output --arg version "\${VERSION:0:8}" '[.[] | select(.status == "succeeded" and (.description | test("^(Deploy|Promote) .*" + $version)))][0].version // empty')"`,
            'if [ -z "$release" ]; then',
            "  echo '::error::No release of this app was made from that commit'",
            '  exit 1',
            'fi',
            `${HEROKU} releases:rollback "v$release" --app "$HEROKU_APP"`,
          ),
        },
    variables: [
      { name: 'HEROKU_APP', purpose: 'name of the Heroku app of this environment' },
      ...(isContainer
        ? []
        : [
            {
              name: 'HEROKU_UPSTREAM_APP',
              purpose:
                'Heroku app of the environment before, in one Heroku pipeline with this one (the first environment needs none)',
            },
          ]),
    ],
    secrets: [
      { name: 'HEROKU_API_KEY', purpose: 'token of an account that may deploy this app and no other' },
    ],
    notes: [
      'A rollback on Heroku brings back code and settings of the release, and no data: what its release phase did to the database stays.',
    ],
    unknowns: [],
  };
}
