import manifest from "./package.json" with { type: "json" };

interface Command {
  about: string;
  run(args: readonly string[]): Promise<void> | void;
}

const COMMANDS: Record<string, Command> = {
  serve: {
    about: "start the server; docs/configuration.md says what can be set",
    async run(args) {
      const { main } = await import("@parley/server/main");
      await main(args);
    },
  },
  prove: {
    about: "prove that nothing gets lost, on a copy of your data or on a running server; see prove --help",
    async run(args) {
      const { prove } = await import("./prove/prove.ts");
      process.exitCode = await prove(args);
    },
  },
  migrate: {
    about: "move everything from SQLite to Postgres, or back; see migrate --help",
    async run(args) {
      const { migrate } = await import("./migrate/migrate.ts");
      process.exitCode = await migrate(args, process.env);
    },
  },
  health: {
    about: "ask the server on this machine, at HOST and PORT, whether it is ready",
    async run(args) {
      const { health } = await import("./health.ts");
      process.exitCode = await health(args, process.env);
    },
  },
  help: { about: "show this", run: () => console.log(usage()) },
  version: { about: "show the version", run: () => console.log(`parley ${manifest.version}`) },
};

const ALIASES: Record<string, string> = { "--help": "help", "-h": "help", "--version": "version", "-v": "version" };

function usage(): string {
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `  parley ${name.padEnd(width)}  ${COMMANDS[name]?.about}`);
  return ["Parley: people talk here, on a server of their own.", "", ...lines].join("\n");
}

async function main([given = "help", ...args]: readonly string[]): Promise<void> {
  const name = ALIASES[given] ?? given;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command.run(args);
  const names = Object.keys(COMMANDS).join(", ");
  process.stderr.write(`parley: there is no command ${JSON.stringify(given)}; there are ${names}.\n`);
  process.exitCode = 2;
}

await main(process.argv.slice(2));
