import type { Offer, Place, Reply } from './reply';

/** A reply that becomes one Markdown text: the report of a palette command and the answer of a model tool. */
export interface MarkdownReply extends Reply {
  /** Everything said so far. */
  text(): string;
  /** What was offered, for a face that has its own buttons. */
  readonly offers: readonly Offer[];
}

/** Starts an empty one. Progress and references leave no trace; anchors become `path:line`. */
export function createMarkdownReply(): MarkdownReply {
  let text = '';
  const offers: Offer[] = [];
  return {
    offers,
    text: () => text,
    progress: () => undefined,
    reference: () => undefined,
    markdown: (part) => {
      text += part;
    },
    anchor: (place) => {
      text += `\`${placeText(place)}\``;
    },
    fileTree: (paths) => {
      text += `\n${paths.map((path) => `- \`${path}\``).join('\n')}\n\n`;
    },
    button: (offer) => {
      offers.push(offer);
    },
  };
}

/** A place as compilers write it: `path:line`. */
export function placeText(place: Place): string {
  return place.range ? `${place.path}:${place.range.start.line}` : place.path;
}
