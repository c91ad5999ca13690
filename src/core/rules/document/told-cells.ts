import { holdsPlaceholder } from '../../documents/markdown/placeholders';

/** Whether a cell says something: words, a number, or what is needed to know it. */
export function isTold(text: string): boolean {
  return text.trim() !== '' && !/^(?:n\/?a|tbd|todo|-+|–|—|\?+|…|\.{3})\.?$/i.test(text.trim());
}

/** Whether a cell says that there is none of it. */
export function isNone(text: string): boolean {
  return /^(?:no|none|nothing|nobody|keine?|aucune?|ninguno|ninguna|なし)\.?$/i.test(text.trim());
}

/** Whether a cell leaves it to somebody to fill in: that is counted elsewhere. */
export function isOpen(text: string): boolean {
  return holdsPlaceholder(text);
}
