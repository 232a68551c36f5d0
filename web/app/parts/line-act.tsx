import { useClient } from "../session.tsx";
import { ACT_WORDS } from "../words/connection.ts";

/** The button that does the one thing that can be done about the line. */
export function LineAct({ act, className }: { act: keyof typeof ACT_WORDS; className: string }) {
  const client = useClient();
  const run = { try: () => client.tryNow(), connect: () => client.connect(), reload: () => location.reload() };
  return (
    <button type="button" className={className} onClick={run[act]}>
      {ACT_WORDS[act]}
    </button>
  );
}
