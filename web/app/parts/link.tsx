import type { ConversationId } from "@parley/protocol/ids";
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { goTo, pathTo } from "../route.ts";

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: ConversationId };

/** A real link to a conversation: it can be copied and opened in a tab, and does not load the page again. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  function follow(event: MouseEvent<HTMLAnchorElement>) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    onClick?.(event);
    goTo(to);
  }
  return <a {...rest} href={pathTo(to)} onClick={follow} />;
}
