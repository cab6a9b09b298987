/** How wide a text is in a terminal: Chinese, Japanese and Korean signs and emoji take two columns, combining marks none. */

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const NARROWEST = /^[\p{Cc}\p{Cf}\p{Mn}\p{Me}]*$/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** In columns of a terminal, about: terminals differ in rare signs. */
export function textWidth(text: string): number {
  // Most texts, and no segmenter is as quick as this.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (!NARROWEST.test(segment)) width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** Like `padEnd`, by columns. */
export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}
