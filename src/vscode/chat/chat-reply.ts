import * as vscode from 'vscode';
import { COMMANDS } from '../commands/names';
import { editorRange, uriIn } from '../places';
import { proposedUri } from '../proposals/proposed-documents';
import { fileTreeOf } from './file-tree';
import { offerTitle, type Offer, type Place, type Reply } from './reply';

/** A reply into the chat view; paths are of the repository in `folder`. */
export function createChatReply(stream: vscode.ChatResponseStream, folder: vscode.Uri): Reply {
  const locationOf = (place: Place): vscode.Uri | vscode.Location => {
    const uri = uriIn(folder, place.path);
    return place.range ? new vscode.Location(uri, editorRange(place.range)) : uri;
  };
  return {
    progress: (text) => stream.progress(text),
    // Not trusted: no command link and no HTML in a text that quotes a repository can do anything.
    markdown: (text) => stream.markdown(new vscode.MarkdownString(text)),
    anchor: (place, title) => stream.anchor(locationOf(place), title),
    reference: (place) => stream.reference(locationOf(place)),
    fileTree: (paths, proposal) => {
      const tree = fileTreeOf(paths).map((node) => ({ ...node }));
      stream.filetree(tree as vscode.ChatResponseFileTree[], proposedUri(proposal, '.'));
    },
    button: (offer) => stream.button(commandOf(offer)),
  };
}

function commandOf(offer: Offer): vscode.Command {
  const title = offerTitle(offer);
  switch (offer.kind) {
    case 'apply':
    case 'apply-original':
      return { title, command: COMMANDS.applyProposal, arguments: [offer.proposal] };
    case 'show-difference':
      return {
        title,
        command: COMMANDS.showDifference,
        arguments: offer.path === null ? [offer.proposal] : [offer.proposal, offer.path],
      };
    case 'preview':
      return { title, command: COMMANDS.previewProposal, arguments: [offer.proposal, offer.path] };
    case 'check':
      return { title, command: COMMANDS.checkWorkspace };
    case 'show-readiness':
      return {
        title,
        command: COMMANDS.judgeRelease,
        arguments: [{ folder: offer.folder, isKept: true }],
      };
    case 'release':
      return {
        title,
        command: {
          release: COMMANDS.runRelease,
          'roll-back': COMMANDS.rollBack,
          abort: COMMANDS.followRelease,
        }[offer.wish],
        arguments: [{ folder: offer.folder }],
      };
    case 'answer':
      return { title, command: COMMANDS.answerQuestions, arguments: [offer.task, offer.prompt] };
  }
}
