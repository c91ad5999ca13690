/** A released version of an action and the commit that its tag named when it was read. */
export interface ActionPin {
  /** As its repository spells it, with the folder where there is one: `github/codeql-action/init`. */
  readonly action: string;
  /** Three numbers, without a leading `v`. */
  readonly version: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** How many public repositories pin this commit and name this version beside it; at least two. */
  readonly agreeing: number;
}

/** The month in which {@link actionPins} was read. What was released later is not in it, and is left at its tag. */
export const ACTION_PINS_READ = '2026-11';

/**
 * Action, version, commit, agreeing repositories. Read from public repositories that pin actions by commit and write
 * the version into the comment beside it; a row stands here only where at least two of them say the same. No commit
 * was ever computed or guessed. Newest version of an action first.
 */
const ROWS: readonly (readonly [action: string, version: string, commit: string, agreeing: number])[] = [
  ['actions/attest-build-provenance', '4.1.1', '0f67c3f4856b2e3261c31976d6725780e5e4c373', 8],
  ['actions/cache', '6.1.0', '55cc8345863c7cc4c66a329aec7e433d2d1c52a9', 3],
  ['actions/cache', '5.0.4', '668228422ae6a00e4ad889ee87cd7109ec5666a7', 2],
  ['actions/cache', '5.0.3', 'cdf6c1fa76f9f475f3d7449005a359c84ca0f306', 2],
  ['actions/cache/restore', '6.1.0', '55cc8345863c7cc4c66a329aec7e433d2d1c52a9', 2],
  ['actions/cache/save', '6.1.0', '55cc8345863c7cc4c66a329aec7e433d2d1c52a9', 2],
  ['actions/checkout', '7.0.1', '3d3c42e5aac5ba805825da76410c181273ba90b1', 14],
  ['actions/checkout', '7.0.0', '9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0', 5],
  ['actions/checkout', '6.0.2', 'de0fac2e4500dabe0009e67214ff5f5447ce83dd', 4],
  ['actions/checkout', '6.0.1', '8e8c483db84b4bee98b60c0593521ed34d9990e8', 2],
  ['actions/configure-pages', '5.0.0', '983d7736d9b0ae728b81ab479565c72886d7745b', 2],
  ['actions/create-github-app-token', '3.2.0', 'bcd2ba49218906704ab6c1aa796996da409d3eb1', 2],
  ['actions/dependency-review-action', '5.0.0', 'a1d282b36b6f3519aa1f3fc636f609c47dddb294', 2],
  ['actions/deploy-pages', '5.0.0', 'cd2ce8fcbc39b97be8ca5fce6e763baed58fa128', 2],
  ['actions/download-artifact', '8.0.1', '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', 7],
  ['actions/download-artifact', '4.1.8', 'fa0a91b85d4f404e444e00e005971372dc801d16', 2],
  ['actions/github-script', '9.0.0', '3a2844b7e9c422d3c10d287c895573f7108da1b3', 5],
  ['actions/github-script', '7.1.0', 'f28e40c7f34bde8b3046d885e986cb6290c5673b', 3],
  ['actions/setup-go', '7.0.0', 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e', 5],
  ['actions/setup-java', '5.7.0', 'b6effb05e454b25005698d916606bdc6ffcbf961', 8],
  ['actions/setup-node', '7.0.0', '820762786026740c76f36085b0efc47a31fe5020', 4],
  ['actions/setup-node', '6.3.0', '53b83947a5a98c8d113130e565377fae1a50d02f', 2],
  ['actions/setup-python', '7.0.0', '5fda3b95a4ea91299a34e894583c3862153e4b97', 9],
  ['actions/setup-python', '6.2.0', 'a309ff8b426b58ec0e2a45f0f869d46889d02405', 6],
  ['actions/setup-python', '5.6.0', 'a26af69be951a213d495a4c3e4e4022e16d87065', 3],
  ['actions/upload-artifact', '7.0.1', '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', 8],
  ['actions/upload-artifact', '7.0.0', 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f', 3],
  ['actions/upload-artifact', '4.6.2', 'ea165f8d65b6e75b540449e92b4886f43607fa02', 5],
  ['actions/upload-artifact', '4.6.1', '4cec3d8aa04e39d1a68397de0c4cd6fb9dce8ec1', 2],
  ['actions/upload-pages-artifact', '5.0.0', 'fc324d3547104276b827a68afc52ff2a11cc49c9', 3],
  ['amannn/action-semantic-pull-request', '6.1.1', '48f256284bd46cdaab1048c3721360e808335d50', 2],
  ['aquasecurity/trivy-action', '0.36.0', 'ed142fd0673e97e23eac54620cfb913e5ce36c25', 3],
  ['astral-sh/setup-uv', '9.0.0', 'c771a70e6277c0a99b617c7a806ffedaca235ff9', 5],
  ['aws-actions/amazon-ecr-login', '2.1.6', 'd539f0932e70871a027e9d5a9d8fc38589180a64', 2],
  ['aws-actions/amazon-ecs-deploy-task-definition', '2.6.3', 'c465972ecbd160473f22e683363b422a5412a3de', 3],
  ['aws-actions/configure-aws-credentials', '6.2.3', 'e6de054238d6b7531b4efff3b6587d9aade6a06c', 2],
  ['azure/login', '3.0.0', '532459ea530d8321f2fb9bb10d1e0bcf23869a43', 5],
  ['azure/setup-kubectl', '5.1.0', '829323503d1be3d00ca8346e5391ca0b07a9ab0d', 3],
  ['codecov/codecov-action', '7.0.0', 'fb8b3582c8e4def4969c97caa2f19720cb33a72f', 5],
  ['docker/build-push-action', '7.3.0', '53b7df96c91f9c12dcc8a07bcb9ccacbed38856a', 6],
  ['docker/login-action', '4.6.0', 'dbcb813823bdd20940b903addbd779551569679f', 6],
  ['docker/login-action', '4.4.0', 'af1e73f918a031802d376d3c8bbc3fe56130a9b0', 2],
  ['docker/metadata-action', '6.2.0', 'dc802804100637a589fabce1cb79ff13a1411302', 4],
  ['docker/setup-buildx-action', '4.2.0', 'bb05f3f5519dd87d3ba754cc423b652a5edd6d2c', 6],
  ['docker/setup-buildx-action', '3.10.0', 'b5ca514318bd6ebac0fb2aedd5d36ec1b5c232a2', 2],
  ['docker/setup-qemu-action', '4.2.0', '96fe6ef7f33517b61c61be40b68a1882f3264fb8', 3],
  ['github/codeql-action/analyze', '4.37.4', 'f205ea1c3313d32999d8d6a48b4f6530d4437b38', 2],
  ['github/codeql-action/autobuild', '4.37.4', 'f205ea1c3313d32999d8d6a48b4f6530d4437b38', 2],
  ['github/codeql-action/init', '4.37.4', 'f205ea1c3313d32999d8d6a48b4f6530d4437b38', 2],
  ['github/codeql-action/upload-sarif', '4.37.4', 'f205ea1c3313d32999d8d6a48b4f6530d4437b38', 2],
  ['golangci/golangci-lint-action', '9.3.0', 'ba0d7d2ec06a0ea1cb5fa41b2e4a3ab91d21278a', 4],
  ['golangci/golangci-lint-action', '8.0.0', '4afd733a84b1f43292c63897423277bb7f4313a9', 2],
  ['google-github-actions/auth', '3.0.0', '7c6bc770dae815cd3e89ee6cdf493a5fab2cc093', 3],
  ['google-github-actions/get-gke-credentials', '3.0.0', '3da1e46a907576cefaa90c484278bb5b259dd395', 5],
  ['google-github-actions/setup-gcloud', '3.0.1', 'aa5489c8933f4cc7a4f7d45035b3b1440c9c10db', 4],
  ['googleapis/release-please-action', '5.0.0', '45996ed1f6d02564a971a2fa1b5860e934307cf7', 3],
  ['goreleaser/goreleaser-action', '7.2.3', 'f06c13b6b1a9625abc9e6e439d9c05a8f2190e94', 4],
  ['gradle/actions/setup-gradle', '6.3.0', '9c971963bec38e04b3d30dcc455b5382be2fdbfb', 2],
  ['hashicorp/setup-terraform', '4.0.1', 'dfe3c3f87815947d99a8997f908cb6525fc44e9e', 3],
  ['ossf/scorecard-action', '2.4.4', '2d1146689b8cda280b9bc96326124645441f03bc', 2],
  ['ossf/scorecard-action', '2.4.1', 'f49aabe0b5af0936a0987cfb85d86b75731b0186', 2],
  ['oven-sh/setup-bun', '2.2.0', '0c5077e51419868618aeaa5fe8019c62421857d6', 3],
  ['peter-evans/create-pull-request', '8.1.1', '5f6978faf089d4d20b00c7766989d076bb2fc7f1', 2],
  ['peter-evans/create-pull-request', '7.0.11', '22a9089034f40e5a961c8808d113e2c98fb63676', 2],
  ['pnpm/action-setup', '6.0.9', '0ebf47130e4866e96fce0953f49152a61190b271', 2],
  ['pre-commit/action', '3.0.1', '2c7b3805fd2a0fd8c1884dcaebf91fc102a13ecd', 2],
  ['pypa/gh-action-pypi-publish', '1.14.2', 'dc37677b2e1c63e2034f94d8a5b11f265b73ba33', 3],
  ['sigstore/cosign-installer', '4.1.2', '6f9f17788090df1f26f669e9d70d6ae9567deba6', 4],
  ['slackapi/slack-github-action', '4.0.0', 'dcb1066f776dd043e64d0e8ba94ca15cc7e1875d', 2],
  ['suzuki-shunsuke/actionlint-action', '0.1.4', '0c0a95d9968702f70d50b0c6eabaa4dc845436ac', 2],
  [
    'suzuki-shunsuke/check-commit-signing-workflow/.github/workflows/check.yaml',
    '0.1.0',
    '547eee345f56310a656f271ec5eaa900af46b0fb',
    2,
  ],
  ['suzuki-shunsuke/go-autofix-action', '0.1.13', '9a8682f2dc2a935fe2a2ac96deb03de2dfcb872e', 2],
  [
    'suzuki-shunsuke/go-release-workflow/.github/workflows/release.yaml',
    '9.0.0',
    '1cf29d7b17983b901021799b87a55d357cfff790',
    2,
  ],
  [
    'suzuki-shunsuke/go-test-full-workflow/.github/workflows/test.yaml',
    '6.0.1',
    '6e3ab6f9508fec552b5890e7710d6cdef4489d22',
    2,
  ],
  ['tj-actions/changed-files', '47.0.6', '9426d40962ed5378910ee2e21d5f8c6fcbf2dd96', 3],
  ['zizmorcore/zizmor-action', '0.6.2', '3dc1ecc9bcb9e94e9b2c709687979e1298497054', 3],
];

/** Every known pin, newest version of an action first. */
export const knownPins: readonly ActionPin[] = ROWS.map(([action, version, commit, agreeing]) => ({
  action,
  version,
  commit,
  agreeing,
}));

/**
 * Commits by `owner/name@ref` in lower case, for the refs that people write: `v4.2.1` and `4.2.1` give that version,
 * `v4.2` and `v4` the most widely agreed version that they can mean.
 */
export const actionPins: ReadonlyMap<string, { readonly commit: string; readonly version: string }> =
  readPins();

/**
 * The pin to write for an action in new text: the newest major version of which a commit is known, and of it the most
 * widely agreed. Null where no commit is known: the tag then stands, with a note.
 */
export function pinOf(action: string): ActionPin | null {
  const known = knownPins.filter((pin) => pin.action.toLowerCase() === action.toLowerCase());
  const newest = Math.max(...known.map(majorOf));
  return known.filter((pin) => majorOf(pin) === newest).reduce<ActionPin | null>(better, null);
}

function readPins(): Map<string, ActionPin> {
  const pins = new Map<string, ActionPin>();
  for (const pin of knownPins) {
    const name = pin.action.toLowerCase();
    const [major, minor] = pin.version.split('.');
    pins.set(`${name}@v${pin.version}`, pin);
    pins.set(`${name}@${pin.version}`, pin);
    for (const ref of [`${name}@v${major}.${minor}`, `${name}@v${major}`]) {
      pins.set(ref, better(pins.get(ref) ?? null, pin));
    }
  }
  return pins;
}

/** The more widely agreed of two; of equals the first, which is the newer one. */
function better(first: ActionPin | null, second: ActionPin): ActionPin {
  return first === null || second.agreeing > first.agreeing ? second : first;
}

function majorOf(pin: ActionPin): number {
  return Number(pin.version.split('.')[0]);
}
