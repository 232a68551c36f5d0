import type { UserId } from "@parley/protocol/ids";
import { useMemo } from "react";
import { useChat, useMe } from "../session.tsx";
import { linkify, type Piece } from "../words/linkify.ts";

/** What somebody wrote: text as text, web links as links, and the people it mentions. */
export function MessageText({ text, mentions }: { text: string; mentions: readonly UserId[] }) {
  const handles = useChat((client) => mentions.map((user) => client.person(user)?.handle ?? "").join(" "));
  const pieces = useMemo(() => {
    const names = handles.split(" ");
    const mentioned = new Map(mentions.map((user, at) => [(names[at] ?? "").toLocaleLowerCase(), user]));
    return linkify(text, mentioned);
  }, [text, mentions, handles]);
  return pieces.map((piece, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
    <PieceOfText key={at} piece={piece} />
  ));
}

function PieceOfText({ piece }: { piece: Piece }) {
  const me = useMe();
  if (piece.is === "link") {
    return (
      <a href={piece.href} target="_blank" rel="noopener noreferrer" dir="ltr" tabIndex={-1}>
        {piece.text}
      </a>
    );
  }
  if (piece.is === "mention") {
    return <span className={piece.user === me.id ? "mention me" : "mention"}>{piece.text}</span>;
  }
  return piece.text;
}
