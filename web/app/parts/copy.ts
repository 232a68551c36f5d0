import { say } from "./toasts.tsx";

/** Puts text on the clipboard and says so, or says that this page may not. */
export async function copy(text: string, title: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say({ mood: "good", title });
  } catch {
    say({ mood: "bad", title: "This browser does not let the page copy", text });
  }
}
