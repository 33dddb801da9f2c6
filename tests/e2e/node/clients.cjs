// What Node's clients do with an image "busybox", on the engine that they find by themselves: dockerode,
// and testcontainers, which leaves what it has started to its reaper (RYUK_CONTAINER_IMAGE).
// clients.cjs DIRECTORY: one that containers may mount, with a file "in". Prints what it has seen.
const { text } = require("node:stream/consumers");
const Docker = require("dockerode");
const { GenericContainer } = require("testcontainers");

const directory = process.argv[2];

// Node half-closes: the container's `tr` ends when its input does.
async function attach() {
  const docker = new Docker();
  const container = await docker.createContainer({
    Image: "busybox",
    Cmd: ["tr", "a-z", "A-Z"],
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: { AutoRemove: true },
  });
  const stream = await container.attach({
    stream: true, stdin: true, stdout: true, hijack: true,
  });
  await container.start();
  stream.end("there and back");
  // Eight bytes say whose output follows.
  return (await text(stream)).slice(8);
}

async function serve() {
  const container = await new GenericContainer("busybox")
    .withBindMounts([{ source: directory, target: "/w", mode: "ro" }])
    .withExposedPorts(80)
    .withCommand(["httpd", "-f", "-p", "80", "-h", "/w"])
    .withStartupTimeout(300_000)
    .start();
  const url = `http://${container.getHost()}:${container.getMappedPort(80)}/in`;
  const page = await (await fetch(url)).text();
  const { output } = await container.exec(["cat", "/w/in"]);
  return page + output;
}

async function main() {
  console.log(await attach());
  process.stdout.write(await serve());
}

main().then(
  // What was started is left to the reaper, which sees this process end.
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
