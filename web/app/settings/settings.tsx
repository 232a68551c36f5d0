import LogOut from "lucide-react/icons/log-out";
import { closeDialog, openDialog } from "../dialogs/open.ts";
import { Avatar } from "../parts/avatar.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useMe } from "../session.tsx";
import { Look } from "./look.tsx";

/** Who one is here, how it looks, and the way out. */
export function Settings() {
  return (
    <Dialog title="You and settings" onClose={closeDialog} wide footer={<Foot />}>
      <You />
      <Look />
    </Dialog>
  );
}

function You() {
  const me = useMe();
  return (
    <section className="you" aria-label="You">
      <Avatar user={me.id} size="m" />
      <span className="two">
        <b className="cut">
          <bdi>{me.name}</bdi>
        </b>
        <span className="fact cut">@{me.handle}</span>
        {me.kind === "guest" && <span className="hint">Only this browser knows that this is you.</span>}
      </span>
      <button type="button" className="btn" onClick={() => openDialog({ is: "password" })}>
        {me.kind === "guest" ? "Set a password" : "Change password"}
      </button>
    </section>
  );
}

function Foot() {
  return (
    <>
      <button type="button" className="btn first" onClick={() => openDialog({ is: "sign_out" })}>
        <LogOut className="icon s" />
        Sign out
      </button>
      <button type="button" className="btn primary" onClick={closeDialog}>
        Done
      </button>
    </>
  );
}
