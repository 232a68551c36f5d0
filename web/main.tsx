import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { openOffline } from "./app/offline.ts";
import { openSession, SessionProvider } from "./app/session.tsx";
import { followTheme } from "./app/theme.ts";

followTheme();
openOffline();
const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
createRoot(root).render(
  <StrictMode>
    <SessionProvider client={openSession()}>
      <App />
    </SessionProvider>
  </StrictMode>,
);
