// One Chromium behind one Playwright server. argv: <playwright-core folder> <launchServer options as JSON>.
// Answers one line of JSON on stdout: {"ws", "pid"} when it is ready, {"failed", "message"} when it cannot be.
// Lives as long as its parent: the end of stdin means that the parent closed it or is gone.
'use strict';

function answer(message) {
  process.stdout.write(JSON.stringify(message) + '\n');
}

function fail(kind, message, code) {
  answer({ failed: kind, message: String(message).slice(0, 20000) });
  process.exit(code);
}

// Ctrl-C and an orderly stop reach the whole process group: the parent decides when the browser goes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {});

let server;
process.stdin.on('end', () => {
  if (!server)
    process.exit(0); // Playwright's exit handler kills a Chromium that is just starting
  setTimeout(() => process.exit(0), 1500); // and one that does not close
  server.close().then(() => process.exit(0), () => process.exit(0));
});
process.stdin.resume();

if (Number(process.versions.node.split('.')[0]) < 20)
  fail('node', process.versions.node, 4);

const options = JSON.parse(process.argv[3]);
require(process.argv[2]).chromium.launchServer(options).then(launched => {
  server = launched;
  server.on('close', () => process.exit(3));
  answer({ ws: server.wsEndpoint(), pid: server.process().pid });
}, error => fail('launch', error && error.message, 2));
