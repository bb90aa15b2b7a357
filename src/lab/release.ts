/** What the lab's hosts say of themselves. */
export const RELEASE = 'r151058';
export const KERNEL = 'omnios-r151058-516f7694c9';
