import X from "lucide-react/icons/x";
import {
  type MouseEvent,
  type ReactNode,
  type RefObject,
  type SyntheticEvent,
  useId,
  useLayoutEffect,
  useRef,
} from "react";
import { Form } from "./form.tsx";

/** Opens a native dialog while it is drawn; closing it gives the focus back to where it was. */
export function useModal() {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return ref;
}

/** Closes a dialog on a click beside it. */
export function onVeil(onClose: () => void) {
  return (event: MouseEvent<HTMLDialogElement>) => {
    if (event.target !== event.currentTarget) return;
    const box = event.currentTarget.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) onClose();
  };
}

/** Escape asks to close; whoever drew the dialog takes it away. */
export function onEscape(onClose: () => void) {
  return (event: SyntheticEvent) => {
    event.preventDefault();
    onClose();
  };
}

/** Begins where one writes, else at the harmless button; fingers call for their keyboard themselves. */
function useFirstFocus(ref: RefObject<HTMLDialogElement | null>): void {
  useLayoutEffect(() => {
    const wanted = matchMedia("(hover: hover)").matches ? ".body input:not([readonly]), footer .btn" : "footer .btn";
    const first = ref.current?.querySelector<HTMLInputElement>(wanted);
    // Of several choices the chosen one has the focus.
    const chosen = first?.type === "radio" ? ref.current?.querySelector<HTMLElement>("input:checked") : null;
    (chosen ?? first)?.focus();
  }, [ref]);
}

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** With it, the whole dialog is a form. */
  onSubmit?: () => void;
  wide?: boolean;
}

/** A titled dialog; a sheet from the bottom on a phone. */
export function Dialog({ title, onClose, children, footer, onSubmit, wide = false }: DialogProps) {
  const ref = useModal();
  useFirstFocus(ref);
  const id = useId();
  const content = (
    <>
      <header>
        <h2 id={id}>{title}</h2>
        <button className="icon-btn close not-phone" type="button" aria-label="Close" onClick={onClose}>
          <X className="icon" />
        </button>
      </header>
      <div className="body">{children}</div>
      {footer && <footer>{footer}</footer>}
    </>
  );
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a native dialog
    <dialog
      ref={ref}
      className={wide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onCancel={onEscape(onClose)}
      onClick={onVeil(onClose)}
    >
      {onSubmit ? (
        <Form method="dialog" onSubmit={onSubmit}>
          {content}
        </Form>
      ) : (
        content
      )}
    </dialog>
  );
}
