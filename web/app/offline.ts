/// <reference types="vite/client" />

/** Has the browser keep the page, so that it opens without a network. Browsers do that for secure origins only. */
export function openOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => {
    // The server is gone or the browser does not want to: the page is as good as it was.
  });
}
