import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { launch, removeFolder, runToEnd, stop, temporaryFolder } from './processes.mjs';

/** What every workbench of ours starts with: nothing that asks, greets, updates or reports. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.autofetch': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.autoSave': 'off',
};

/**
 * Starts code-server on 127.0.0.1 with a home, settings and extensions of its own, all in a temporary folder.
 *
 * @param {object} options
 * @param {{ entry: string, node: string }} options.installation
 * @param {readonly string[]} [options.extensions] folders of unpacked extensions to have installed
 * @param {string} [options.packageFile] a `.vsix` to install by code-server's own means; not beside `extensions`,
 *   since a folder that was not installed so is then overlooked
 * @param {Record<string, unknown>} [options.settings] over the quiet ones
 * @param {boolean} [options.isTrustAsked] whether workspaces are untrusted until somebody trusts them
 * @param {boolean} [options.isDriven] whether the page takes an extension under test (`underTest` of `address`)
 * @param {Record<string, string>} [options.environment] for the extension host
 * @returns {Promise<{ port: number, home: string, address: Function, log: () => string, ended: Promise<unknown>, stop: () => Promise<void> }>}
 */
export async function startCodeServer({
  installation,
  extensions = [],
  packageFile = null,
  settings = {},
  isTrustAsked = false,
  isDriven = false,
  environment = {},
}) {
  const home = temporaryFolder('code-server');
  const userData = path.join(home, 'data');
  const extensionsFolder = path.join(home, 'extensions');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  mkdirSync(extensionsFolder);
  for (const extension of extensions) installUnpacked(extension, extensionsFolder);
  writeFileSync(
    path.join(userData, 'User', 'settings.json'),
    JSON.stringify({
      ...quietSettings,
      'security.workspace.trust.enabled': isTrustAsked,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': isTrustAsked ? 'always' : 'never',
      ...settings,
    }),
  );
  writeFileSync(path.join(home, 'config.yaml'), 'auth: none\n');

  const env = serverEnvironment(home, environment);
  const profile = [
    ...['--config', path.join(home, 'config.yaml')],
    ...['--user-data-dir', userData],
    ...['--extensions-dir', extensionsFolder],
  ];
  if (packageFile !== null) await install(installation, profile, packageFile, env);

  const child = launch(
    installation.node,
    [
      installation.entry,
      ...profile,
      ...['--bind-addr', '127.0.0.1:0'],
      ...['--auth', 'none'],
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      ...(isTrustAsked ? [] : ['--disable-workspace-trust']),
      ...(isDriven ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: serverEnvironment(home, environment),
    },
  );

  let log = '';
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`code-server did not start in 30 seconds\n${log}`)),
      30_000,
    );
    const hear = (chunk) => {
      log = (log + chunk).slice(-50_000);
      const listening = /listening on http:\/\/127\.0\.0\.1:(\d+)\//.exec(log);
      if (!listening) return;
      clearTimeout(timer);
      resolve(Number(listening[1]));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`code-server ended with ${code} before it listened\n${log}`)),
    );
  });

  return {
    port,
    home,
    /** Where a folder is opened; `underTest` is loaded from its source, and `tests` run in the extension host. */
    address: ({ folder, underTest = null, tests = null }) => {
      const remote = (file) => `vscode-remote://127.0.0.1:${port}${encodeURI(file)}`;
      const payload = [
        // The page makes a map of this: a second extension under test would replace the first.
        ...(underTest ? [['extensionDevelopmentPath', remote(underTest)]] : []),
        ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
      ];
      const query = new URLSearchParams({
        folder,
        ...(payload.length > 0 ? { payload: JSON.stringify(payload) } : {}),
      });
      return `http://127.0.0.1:${port}/?${query}`;
    },
    log: () => log,
    /** Done when the server is, whatever ended it. */
    ended: new Promise((resolve) => child.once('exit', resolve)),
    stop: async () => {
      await stop(child);
      removeFolder(home);
    },
  };
}

async function install(installation, profile, packageFile, env) {
  const { code, output } = await runToEnd(
    installation.node,
    [installation.entry, ...profile, '--install-extension', packageFile],
    { env, quiet: true, timeoutMs: 60_000 },
  );
  if (code !== 0) throw new Error(`${packageFile} does not install:\n${output.trim()}`);
}

/** No gallery of extensions is asked for anything, and nothing of the person's own home is read or written. */
function serverEnvironment(home, environment = {}) {
  return {
    ...process.env,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    // Else the extension host takes its environment from a login shell, which knows nothing of `environment`.
    VSCODE_CLI: '1',
    ...environment,
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local', 'share'),
  };
}

/** Puts an unpacked extension where VS Code looks for installed ones. */
function installUnpacked(folder, extensionsFolder) {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  cpSync(folder, path.join(extensionsFolder, `${publisher}.${name}-${version}`), { recursive: true });
}
