/** Whole numbers. Those from 1,000,000 up are made by the server; smaller ones, negative too, are what a numeric dialect calls somebody. */
export type UserId = number;
/** Never reused, not even after a room was deleted. */
export type ConversationId = number;
/** Position in one conversation's log: dense from 1, the same for everybody. */
export type Seq = number;
/** Unique on the server; says nothing about order. */
export type EntryId = number;
/** Made by a client, 1 to 64 characters of A-Z a-z 0-9 _ . : -: the same author, conversation and key give the same entry for ever. */
export type Key = string;
/** One per history of a database. A cursor of another epoch starts over. */
export type Epoch = string;
/** Milliseconds since 1970, for people to read and never for order. */
export type Time = number;

/** Native people have ids from here up; smaller numbers stay free for numeric dialects. */
export const FIRST_NATIVE_USER: UserId = 1_000_000;
/** The smallest number of a numeric dialect. */
export const FIRST_USER: UserId = -(2 ** 31);
