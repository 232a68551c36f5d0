import { useState } from "react";
import { Confirm } from "../dialogs/confirm.tsx";
import { closeDialog } from "../dialogs/open.ts";
import { goTo } from "../route.ts";
import { useClient, useMe } from "../session.tsx";

/** Asks before this browser forgets who one is. */
export function SignOut() {
  const client = useClient();
  const [everywhere, setEverywhere] = useState(false);
  const isGuest = useMe().kind === "guest";
  return (
    <Confirm
      title="Sign out?"
      act="Sign out"
      failed="You are still signed in"
      onClose={closeDialog}
      run={async () => {
        if (everywhere) await client.signOutEverywhere();
        else client.signOut();
        goTo(null);
      }}
    >
      {isGuest ? <OnlyHere /> : <ComeBack everywhere={everywhere} setEverywhere={setEverywhere} />}
    </Confirm>
  );
}

function OnlyHere() {
  const { name } = useMe();
  return (
    <p>
      Only this browser knows that you are <bdi>{name}</bdi>. When you sign out, nobody can be <bdi>{name}</bdi> until
      the name frees itself, 30 days from now; with a password you could come back. Your drafts stay on this device.
    </p>
  );
}

function ComeBack(props: { everywhere: boolean; setEverywhere: (everywhere: boolean) => void }) {
  return (
    <>
      <p>Your name and your password bring you back. Your drafts stay on this device.</p>
      <div className="choice">
        <label>
          <input
            className="box"
            type="checkbox"
            checked={props.everywhere}
            onChange={(event) => props.setEverywhere(event.target.checked)}
          />
          <b>On all my devices</b>
        </label>
      </div>
    </>
  );
}
