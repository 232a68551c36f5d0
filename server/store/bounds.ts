/** Unread messages and mentions are counted up to here. */
export const COUNTED = 1000;
/** So many entries one page of history looks at; where few of them are items, it covers fewer seqs. */
export const SCANNED = 2000;
