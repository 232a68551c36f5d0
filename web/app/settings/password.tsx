import { useState } from "react";
import { Buttons } from "../dialogs/buttons.tsx";
import { closeDialog } from "../dialogs/open.ts";
import { Dialog } from "../parts/dialog.tsx";
import { PasswordField } from "../parts/password-field.tsx";
import { say } from "../parts/toasts.tsx";
import { useClient, useMe } from "../session.tsx";
import { passwordRefusal } from "../words/refusals.ts";

/** Sets a password, or another one: from then on one can sign in elsewhere. */
export function Password() {
  const me = useMe();
  const form = usePassword(me.kind !== "guest");
  return (
    <Dialog
      title={form.has ? "Change your password" : "Set a password"}
      onClose={closeDialog}
      onSubmit={form.submit}
      footer={<Buttons act={form.has ? "Change password" : "Set password"} disabled={form.busy} />}
    >
      {!form.has && (
        <p>
          With it <bdi>{me.name}</bdi> and <bdi>@{me.handle}</bdi> stay yours for good, and you can sign in on other
          devices.
        </p>
      )}
      {/* Browsers keep a password with the name that stands beside it. */}
      <input className="visually-hidden" autoComplete="username" value={me.handle} readOnly tabIndex={-1} aria-hidden />
      {form.has && (
        <PasswordField
          label="Your password now"
          is="current"
          value={form.old}
          setValue={form.setOld}
          refused={form.wrong}
        />
      )}
      <PasswordField
        label="New password"
        is="new"
        value={form.password}
        setValue={form.setPassword}
        hint="At least 8 characters. Nobody can tell it to you again: keep it well."
        refused={form.refused}
      />
    </Dialog>
  );
}

function usePassword(has: boolean) {
  const client = useClient();
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const [refusal, setRefusal] = useState<{ old: boolean; words: string } | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit() {
    setBusy(true);
    setRefusal(null);
    try {
      await client.setPassword(password, has ? old : undefined);
      say({ mood: "good", title: has ? "Password changed" : "Password set" });
      closeDialog();
    } catch (error) {
      setRefusal(passwordRefusal(error));
      setBusy(false);
    }
  }

  const wrong = refusal?.old ? refusal.words : null;
  const refused = refusal && !refusal.old ? refusal.words : null;
  return { has, old, setOld, password, setPassword, submit, busy, wrong, refused };
}
