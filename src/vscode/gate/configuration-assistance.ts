import * as vscode from 'vscode';
import type {
  ConfigurationCompletion,
  ConfigurationFacts,
  ConfigurationItem,
} from '../../core/gate/configuration-assistance';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';

/** Red Hat's extension reads the schema that the manifest contributes, and completes from it. */
const YAML_EXTENSION = 'redhat.vscode-yaml';

/** What the workflows hold is read again after so long: a list of suggestions is asked for at each keystroke. */
const FACTS_LIVE_MS = 3_000;

const kinds: Readonly<Record<ConfigurationItem['kind'], vscode.CompletionItemKind>> = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  rule: vscode.CompletionItemKind.Constant,
  environment: vscode.CompletionItemKind.Value,
  job: vscode.CompletionItemKind.Reference,
  file: vscode.CompletionItemKind.File,
  action: vscode.CompletionItemKind.Module,
};

/**
 * Completion and hover in the gate's configuration: keys, rules, severities, and what only the repository knows, its
 * environments, jobs, workflows and actions. Beside an extension that completes from the schema, only the latter.
 */
export function registerConfigurationAssistance(
  context: vscode.ExtensionContext,
  repositories: WorkspaceRepositories,
): void {
  const factsOf = rememberedFacts();
  const repositoryOf = (document: vscode.TextDocument): WorkspaceRepository | null => {
    const place = repositories.ofUri(document.uri);
    return place && place.path === configurationPath(document.uri) ? place.repository : null;
  };
  const selector: vscode.DocumentSelector = { language: 'yaml', scheme: 'file' };
  context.subscriptions.push(
    vscode.languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (document, position) => {
          const repository = repositoryOf(document);
          if (!repository) return [];
          const { completeConfiguration } = await import('../../core/gate/configuration-assistance');
          const facts = await factsOf(repository);
          const offset = document.offsetAt(position);
          return itemsOf(completeConfiguration(document.getText(), offset, facts), document);
        },
      },
      ' ',
      '[',
      '-',
    ),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: async (document, position) => {
        const repository = repositoryOf(document);
        if (!repository) return null;
        const { explainConfiguration } = await import('../../core/gate/configuration-assistance');
        const facts = await factsOf(repository);
        const meaning = explainConfiguration(document.getText(), document.offsetAt(position), facts);
        if (!meaning || (meaning.isInSchema && readsSchemas())) return null;
        const text = new vscode.MarkdownString().appendText(meaning.text);
        if (meaning.rule !== null) {
          const page = vscode.Uri.joinPath(context.extensionUri, 'docs', 'rules', `${meaning.rule}.md`);
          text.appendMarkdown(`\n\n[Page of the rule](${page.toString()})`);
        }
        const { start, end } = meaning.span;
        return new vscode.Hover(text, new vscode.Range(document.positionAt(start), document.positionAt(end)));
      },
    }),
  );
}

function itemsOf(
  completion: ConfigurationCompletion,
  document: vscode.TextDocument,
): vscode.CompletionItem[] {
  const { start, end } = completion.replaced;
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const isDoubled = readsSchemas();
  return completion.items
    .filter((item) => !(item.isInSchema && isDoubled))
    .map((item, index) => {
      const shown = new vscode.CompletionItem(item.label, kinds[item.kind]);
      shown.insertText = item.text;
      shown.detail = item.detail;
      shown.range = range;
      shown.filterText = item.label;
      // In the order of the engine: the rules as their pages list them, keys as people read them.
      shown.sortText = String(index).padStart(4, '0');
      return shown;
    });
}

function readsSchemas(): boolean {
  return vscode.extensions.getExtension(YAML_EXTENSION) !== undefined;
}

function configurationPath(uri: vscode.Uri): string {
  const usual = '.github/release-gate.yml';
  if (!vscode.workspace.isTrusted) return usual;
  return vscode.workspace.getConfiguration('releaseGate', uri).get('configurationFile', usual) || usual;
}

/** The workflows as they stand on disk and in unsaved documents; a broken configuration does not matter here. */
function rememberedFacts(): (repository: WorkspaceRepository) => Promise<ConfigurationFacts> {
  const known = new Map<string, { readonly at: number; readonly facts: Promise<ConfigurationFacts> }>();
  return (repository) => {
    const before = known.get(repository.key);
    if (before && Date.now() - before.at < FACTS_LIVE_MS) return before.facts;
    const facts = readFacts(repository);
    known.set(repository.key, { at: Date.now(), facts });
    return facts;
  };
}

async function readFacts(repository: WorkspaceRepository): Promise<ConfigurationFacts> {
  const [{ createNodeFiles }, { overlayFiles }, { isWorkflowPath }, { readWorkflow }] = await Promise.all([
    import('../../adapters/node-files'),
    import('../../core/gate/overlay'),
    import('../../core/gate/check'),
    import('../../core/workflow/read'),
  ]);
  const files = overlayFiles(createNodeFiles(repository.folder.fsPath), repository.unsavedTexts());
  const { paths } = await files.list();
  const workflows = [];
  for (const path of paths.filter(isWorkflowPath)) {
    const read = await files.read(path);
    if (read.ok) workflows.push(readWorkflow(path, read.text));
  }
  const otherYaml = paths.filter((path) => /\.ya?ml$/.test(path) && !isWorkflowPath(path));
  return { workflows, otherYaml: otherYaml.slice(0, 200) };
}
