/** Keys are ignored for so long after a dialog opened, so that a key typed for something else does not confirm it. */
export const CONFIRM_DEAF_MS = 400;
