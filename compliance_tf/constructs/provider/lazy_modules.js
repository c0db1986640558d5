// Changes how jsii's process loads the AWS provider, which is loaded next.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");
const threads = require("worker_threads");

// The provider's index loads each of its 2,135 modules when it is first used, not all of them at once. It consists of
// such lines, by one compiler or another, so it need not be compiled. One with other lines is loaded as it is.
const INDEX = path.join("@cdktf", "provider-aws", "lib", "index.js");
const EXPORT = /^exports\.(\w+) = (?:__importStar\()?require\("(\.\/[\w/-]+)"\)\)?;$/gm;
const REQUIRE = /\brequire\(/g;

const loadScript = Module._extensions[".js"];

Module._extensions[".js"] = function loadScriptOrLazyIndex(module, filename) {
  const text = filename.endsWith(INDEX) ? fs.readFileSync(filename, "utf8") : "";
  const modules = [...text.matchAll(EXPORT)];
  if (modules.length === 0 || modules.length !== text.match(REQUIRE).length) {
    return loadScript(module, filename);
  }
  for (const [, name, file] of modules) {
    Object.defineProperty(module.exports, name, { configurable: true, enumerable: true, get: () => module.require(file) });
  }
};

// To look one type up jsii reads the definitions of all, 32 MB, into memory: only those that it asks for are read. Whatever
// else it should ask of them, it gets from the whole file.
const DEFINITIONS = ".jsii.runtime-defs.v1.jsonl";

const readFile = fs.readFileSync;

fs.readFileSync = function readFileOrDefinitions(file, ...options) {
  return options.length === 0 && String(file).endsWith(DEFINITIONS) ? definitions(file) : readFile(file, ...options);
};

function definitions(file) {
  const parts = {
    toString(encoding, start = 0, end = fs.statSync(file).size) {
      const bytes = Buffer.alloc(end - start);
      const descriptor = fs.openSync(file);
      try {
        fs.readSync(descriptor, bytes, { position: start });
      } finally {
        fs.closeSync(descriptor);
      }
      return bytes.toString(encoding);
    },
  };
  let whole;
  return new Proxy(parts, {
    get(_, name) {
      if (Object.hasOwn(parts, name)) return parts[name];
      whole ??= readFile(file);
      return typeof whole[name] === "function" ? whole[name].bind(whole) : whole[name];
    },
  });
}

// Of a package that is new to its cache jsii builds an index of types in a thread, which ends with the process, before it
// has written anything: each synthesis would parse the provider's 120 MB of types again.
const indexing = [];

threads.Worker = class extends threads.Worker {
  constructor(...given) {
    super(...given);
    indexing.push(new Promise((resolve) => this.once("exit", resolve)));
  }
};

exports.Indexes = class {
  static async written() {
    await Promise.all(indexing);
  }
};
