import type { ConversationView } from "@parley/client/views";
import { useChat, useMe } from "../session.tsx";
import { shortName } from "../words/names.ts";
import { typingWords } from "../words/typing.ts";

/** Who is writing now, above the composer. The place is kept when nobody is. */
export function Typing({ view }: { view: ConversationView }) {
  const me = useMe();
  const words = useChat((client) => {
    const others = view.typing.filter((user) => user !== me.id);
    return typingWords(others.map((user) => shortName(client.person(user)?.name ?? "Somebody")));
  });
  return (
    <div className="typing" role="status">
      {words && (
        <>
          <span className="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span className="cut">{words}</span>
        </>
      )}
    </div>
  );
}
