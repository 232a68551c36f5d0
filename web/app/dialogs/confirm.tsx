import { type ReactNode, useState } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toasts.tsx";
import { refusal } from "../words/refusals.ts";
import { Buttons } from "./buttons.tsx";

interface ConfirmProps {
  title: string;
  /** The verb on the button. */
  act: string;
  /** What is true when it did not work. */
  failed: string;
  run: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, act, failed, run, onClose, children }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  async function go() {
    setBusy(true);
    try {
      await run();
    } catch (error) {
      say({ mood: "bad", title: failed, text: refusal(error) });
    }
    onClose();
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={go}
      footer={<Buttons act={act} disabled={busy} mood="danger" onCancel={onClose} />}
    >
      {children}
    </Dialog>
  );
}
