// Makes the AWS provider's index load each of its 2,135 modules when it is first used, not all of them at once.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");

const INDEX = path.join("@cdktf", "provider-aws", "lib", "index.js");
const EAGER_EXPORT = /^exports\.(\w+) = require\("(\.\/[\w-]+)"\);$/gm;
const LAZY_EXPORT =
  'Object.defineProperty(exports, "$1", { configurable: true, enumerable: true, get: () => require("$2") });';

const loadScript = Module._extensions[".js"];

Module._extensions[".js"] = function loadScriptOrLazyIndex(module, filename) {
  if (!filename.endsWith(INDEX)) {
    return loadScript(module, filename);
  }
  return module._compile(fs.readFileSync(filename, "utf8").replace(EAGER_EXPORT, LAZY_EXPORT), filename);
};
