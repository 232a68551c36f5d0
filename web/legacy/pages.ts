/** The pages by their place below `/legacy/`: one that lists the protocols, and one for each of them. */
export function pages(): Map<string, string> {
  const list = page({
    title: "Old protocols",
    hint: "Five protocols whose clients talk here beside the app. Each page speaks one of them.",
    main: `
      <ul class="pages">${PROTOCOLS.map(row).join("")}
      </ul>
    `,
    top: ".",
    script: "./list.ts",
  });
  const spoken = PROTOCOLS.map(({ name, hint }) => {
    return [`${name}/index.html`, page({ title: name, hint, main: "", top: "..", script: "./page.ts" })] as const;
  });
  return new Map([["index.html", list], ...spoken]);
}

/** What a page tells of its protocol, in a sentence; and where its clients come in. */
const PROTOCOLS = [
  {
    name: "plain",
    hint: "Text both ways, one room: a frame is a name, a colon and what was said.",
    address: "/ws/{name}",
  },
  {
    name: "messenger",
    hint: "Text in, JSON out, one room. Each name is here once at a time.",
    address: "/ws/chat/{name}",
  },
  {
    name: "broadcast",
    hint: "JSON both ways, one room. A name has at most 20 characters, a message 500.",
    address: "/ws/{name}",
  },
  {
    name: "rooms",
    hint: "JSON in rooms that are made, listed, read and deleted over HTTP.",
    address: "/ws/chat/{room}?username={name}",
  },
  {
    name: "direct",
    hint: "JSON between people who are numbers: sent, delivered, read.",
    address: "/ws/{number}",
  },
];

function row({ name, hint, address }: (typeof PROTOCOLS)[number]): string {
  return `
        <li>
          <a class="row" href="./${name}/">
            <b>${name}</b>
            <span class="hint">${hint}</span>
            <span class="fact">${address}</span>
          </a>
        </li>`;
}

/** All that the pages share; `top` is the way from this page to where the styles are. */
function page({
  title,
  hint,
  main,
  top,
  script,
}: Record<"title" | "hint" | "main" | "top" | "script", string>): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta
      name="viewport"
      content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
    />
    <meta name="theme-color" content="#282D38" />
    <title>${title} · Parley</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="${top}/style.css" />
  </head>
  <body>
    <header class="top">
      <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M2 10.5A8 8 0 0 1 10 2.5H11V18.5H3.6A1.6 1.6 0 0 1 2 16.9Z" />
        <path d="M22 13.5A8 8 0 0 1 14 21.5H13V5.5H20.4A1.6 1.6 0 0 1 22 7.1Z" />
      </svg>
      <h1>${title}</h1>
      <p class="hint">${hint}</p>
    </header>
    <main>${main}</main>
    <noscript>This page needs JavaScript to talk.</noscript>
    <script type="module" src="${script}"></script>
  </body>
</html>
`;
}
