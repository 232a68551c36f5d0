/** Unread messages and mentions are counted up to here. */
export const COUNTED = 1000;
/** Of so many moves of one mark the time is kept. */
export const MOVES_KEPT = 200;
/** So many entries one page of history looks at; where few of them are items, it covers fewer seqs. */
export const SCANNED = 2000;
