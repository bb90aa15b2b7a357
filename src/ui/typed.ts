/** What was typed without its last character, as Backspace leaves it. */
export const withoutLast = (typed: string): string => Array.from(typed).slice(0, -1).join('');
