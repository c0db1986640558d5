// Changes how jsii's process loads the AWS provider, which is loaded next.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");
const threads = require("worker_threads");

// The provider's index loads each of its 2,135 modules when it is first used, not all of them at once. It consists of
// such lines, so it need not be compiled.
const INDEX = path.join("@cdktf", "provider-aws", "lib", "index.js");
const EXPORT = /^exports\.(\w+) = require\("(\.\/[\w-]+)"\);$/gm;

const loadScript = Module._extensions[".js"];

Module._extensions[".js"] = function loadScriptOrLazyIndex(module, filename) {
  if (!filename.endsWith(INDEX)) {
    return loadScript(module, filename);
  }
  for (const [, name, file] of fs.readFileSync(filename, "utf8").matchAll(EXPORT)) {
    Object.defineProperty(module.exports, name, { configurable: true, enumerable: true, get: () => module.require(file) });
  }
};

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
