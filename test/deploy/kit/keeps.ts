/** What a browser's cookie is worth behind a web server: its name and flags, and to whom it opens the door. */
export async function cookieAt(url: string, ca: string) {
  const ask = (path: string, body: object, headers: Record<string, string>) =>
    fetch(url + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID(), ...headers },
      tls: { ca },
    });
  const origin = new URL(url).origin;
  const guest = await ask(
    "/api/guests",
    { name: `Guest ${crypto.randomUUID().slice(0, 8)}`, cookie: true },
    { origin },
  );
  const said = guest.headers.get("set-cookie") ?? "";
  const cookie = said.split(";")[0] ?? "";
  const room = async (headers: Record<string, string>) => {
    const name = `Room ${crypto.randomUUID().slice(0, 8)}`;
    return (await ask("/api/rooms", { name }, { cookie, ...headers })).status;
  };
  const foreign = "https://evil.example";
  return {
    name: cookie.split("=")[0],
    secure: said.endsWith("; Secure"),
    ofOurPage: await room({ origin }),
    ofAnother: await room({ origin: foreign }),
    ofOneThatPretends: await room({ origin: foreign, "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" }),
  };
}

/** As it has to be. */
export const KEPT = { name: "__Host-parley", secure: true, ofOurPage: 201, ofAnother: 403, ofOneThatPretends: 403 };
