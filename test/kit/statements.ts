import type { Database, Statement } from "bun:sqlite";
import type { Store } from "@parley/server/core/ports";
import { openFolder } from "@parley/server/store/sqlite/open";
import { storeOf } from "@parley/server/store/sqlite/sqlite";

const EXECUTING = new Set(["run", "get", "all", "values", "iterate"]);

/** The SQLite store of a folder, and what was carried out on its database since this was last asked, in order. */
export function countedStore(folder: string): { store: Store; taken(): string[] } {
  const opened = openFolder(folder);
  const carriedOut: string[] = [];
  const db = counted(opened.db, (sql) => carriedOut.push(sql));
  return { store: storeOf({ ...opened, db }), taken: () => carriedOut.splice(0) };
}

/** Says the text of every statement when it is carried out, and of every one that is prepared after all others. */
function counted(db: Database, say: (sql: string) => void): Database {
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name === "prepare" || name === "query") {
        return (sql: string) => countedStatement(Reflect.apply(value, target, [sql]), sql, say);
      }
      return (...args: unknown[]) => {
        if (name === "run" || name === "exec") say(String(args[0]));
        return Reflect.apply(value, target, args);
      };
    },
  });
}

function countedStatement(statement: Statement, sql: string, say: (sql: string) => void): Statement {
  return new Proxy(statement, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (EXECUTING.has(String(name))) say(sql);
        return Reflect.apply(value, target, args);
      };
    },
  });
}
