// The Playwright driver of one lane. argv: <playwright-core folder> <word that the worker finds this process by> run-driver
// Speaks Playwright's protocol on stdin and stdout. Lives as long as its parent: the end of stdin means that the parent
// closed it or is gone.
'use strict';

// Ctrl-C and an orderly stop reach the whole process group: the parent decides when a lane goes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {});

process.stdin.on('end', () => setTimeout(() => process.exit(0), 1500));

const [core] = process.argv.splice(2, 2);
require(core + '/cli.js');
