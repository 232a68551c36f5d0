/** A part of the code, and what it may import. The first zone whose `owns` matches a path is its zone. */
export interface Zone {
  name: string;
  owns: RegExp;
  /** Names of zones besides itself; `*` is any. */
  mayImport: string[];
  /** npm packages it may import, tests apart; `*` is any that its package.json names. */
  packages: string[];
  /** May it use `node:…`, `bun` and the globals of Bun? */
  builtins: boolean;
  /** Not even the globals that tell time or chance. */
  pure?: true;
  /** Of protocol, only modules that reach no validator at run time. */
  validatorFree?: true;
}

const inner = (name: string, mayImport: string[] = []): Zone => ({
  name,
  owns: new RegExp(`^${name}/`),
  mayImport: ["server/core", "protocol", ...mayImport],
  packages: ["*"],
  builtins: true,
});

const outer = (name: string, mayImport: string[]): Zone => ({
  name,
  owns: new RegExp(`^${name}/`),
  mayImport,
  packages: ["*"],
  builtins: true,
});

/** The arrows of ARCHITECTURE.md: from each zone to the zones in its list, and nowhere else. */
export const ZONES: Zone[] = [
  { ...outer("protocol", []), packages: ["zod"], builtins: false },
  { ...outer("server/core", ["protocol"]), packages: [], builtins: false, pure: true },
  inner("server/store"),
  inner("server/bus"),
  inner("server/blobs"),
  inner("server/auth"),
  inner("server/observe"),
  inner("server/gateways/native", ["server/gateways"]),
  inner("server/gateways/rest", ["server/gateways"]),
  ...["messenger", "broadcast", "rooms", "direct", "plain"].map((dialect) =>
    inner(`server/gateways/dialects/${dialect}`, ["server/gateways"]),
  ),
  inner("server/gateways"),
  { ...outer("server/config", ["server/core", "protocol"]), owns: /^server\/config(\.test|\/\w+)?\.ts$/ },
  {
    ...outer("server/move", ["server/store", "server/auth"]),
    owns: /^server\/move(\.test)?\.ts$/,
  },
  { ...outer("server/main", ["*"]), owns: /^server\/main(\.test)?\.ts$/ },
  { ...outer("client", ["protocol"]), packages: [], builtins: false, validatorFree: true },
  // What builds or measures the page runs where the tools run, and is no part of the page.
  {
    ...outer("web/build", ["web"]),
    owns: /^web\/((worker|early|legacy)\/build|styles\/(palette|contrast\.test))\.ts$/,
  },
  { ...outer("web", ["client", "protocol", "web/build"]), builtins: false, validatorFree: true },
  outer("cli", ["client", "protocol", "server/main", "server/move", "server/config"]),
  outer("tools", ["*"]),
  outer("test", ["*"]),
  outer("bench", ["*"]),
  // Whoever copies one needs nothing else.
  { ...outer("examples", []), packages: [] },
];

/** Packages that any test may import. */
export const TEST_PACKAGES = ["bun:test", "fast-check"];
