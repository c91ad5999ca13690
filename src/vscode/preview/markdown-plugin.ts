import { findPlaceholders } from '../../core/documents/markdown/placeholders';

/** What is used of a token of markdown-it; the editor brings the package. */
interface MarkdownToken {
  readonly type: string;
  content: string;
  children: MarkdownToken[] | null;
  attrs: [string, string][] | null;
}

type RenderRule = (this: unknown, ...given: unknown[]) => string;

/** What is used of markdown-it. */
export interface MarkdownIt {
  readonly core: {
    readonly ruler: {
      push(
        name: string,
        rule: (state: {
          readonly tokens: readonly MarkdownToken[];
          readonly Token: new (type: string, tag: string, nesting: -1 | 0 | 1) => MarkdownToken;
        }) => void,
      ): void;
    };
  };
  readonly renderer: { readonly rules: Record<string, RenderRule | undefined> };
}

const CLASS = 'release-gate-placeholder';

/**
 * Marks `UNKNOWN(what is needed)` in VS Code's own Markdown preview, in text and in code, in any document: nothing else
 * is written so. What the gate finds it cannot show there: that preview is rendered without waiting for anybody.
 */
export function markPlaceholders(markdown: MarkdownIt): MarkdownIt {
  markdown.core.ruler.push('release_gate_placeholders', ({ tokens, Token }) => {
    for (const token of tokens) {
      if (!token.children || !token.content.includes('UNKNOWN(')) continue;
      token.children = token.children.flatMap((child) => {
        if (child.type !== 'text') return [child];
        return pieces(child.content).flatMap(({ text, isPlaceholder }) => {
          const words = new Token('text', '', 0);
          words.content = text;
          if (!isPlaceholder) return [words];
          const open = new Token('release_gate_mark_open', 'mark', 1);
          open.attrs = [['class', CLASS]];
          return [open, words, new Token('release_gate_mark_close', 'mark', -1)];
        });
      });
    }
  });
  const { rules } = markdown.renderer;
  for (const name of ['fence', 'code_block', 'code_inline']) {
    const render = rules[name];
    if (!render) continue;
    rules[name] = function (...given) {
      return markedHtml(render.apply(this, given));
    };
  }
  return markdown;
}

/** Marks placeholders in HTML, between its tags; one that a highlighter took apart stays as it is. */
export function markedHtml(html: string): string {
  if (!html.includes('UNKNOWN(')) return html;
  return html
    .split(/(<[^>]*>)/)
    .map((piece) =>
      piece.startsWith('<')
        ? piece
        : pieces(piece)
            .map(({ text, isPlaceholder }) =>
              isPlaceholder ? `<mark class="${CLASS}">${text}</mark>` : text,
            )
            .join(''),
    )
    .join('');
}

function pieces(text: string): readonly { readonly text: string; readonly isPlaceholder: boolean }[] {
  const found: { text: string; isPlaceholder: boolean }[] = [];
  let reached = 0;
  for (const { span } of findPlaceholders(text)) {
    if (span.start > reached) found.push({ text: text.slice(reached, span.start), isPlaceholder: false });
    found.push({ text: text.slice(span.start, span.end), isPlaceholder: true });
    reached = span.end;
  }
  if (reached < text.length) found.push({ text: text.slice(reached), isPlaceholder: false });
  return found;
}
