// What a Docker client on Windows does, through the pipe \\.\pipe\NAME: client.cjs NAME FILE. There is an
// image "busybox". What it has seen is written to FILE, as Wine gives Node no pipe for its output.
const fs = require("node:fs");
const Docker = require("dockerode");

const [name, file] = process.argv.slice(2);
const docker = new Docker({ socketPath: `//./pipe/${name}` });

// Eight bytes before each piece say whose output it is.
function unframed(bytes) {
  let whole = "";
  for (let at = 0; at + 8 <= bytes.length; at += 8 + bytes.readUInt32BE(at + 4)) {
    whole += bytes.toString("utf8", at + 8, at + 8 + bytes.readUInt32BE(at + 4));
  }
  return whole;
}

async function bytesOf(stream) {
  const all = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

async function story() {
  const seen = {};
  seen.ping = (await docker.ping()).toString();
  seen.version = (await docker.version()).Os;
  seen.images = (await docker.listImages()).length;
  const container = await docker.createContainer({
    Image: "busybox",
    Cmd: ["sh", "-c", "echo started; exec cat"],
    OpenStdin: true,
    HostConfig: { NetworkMode: "none" },
  });
  const attached = await container.attach({
    stream: true, stdin: true, stdout: true, hijack: true,
  });
  const output = bytesOf(attached);
  await container.start();
  const exec = await container.exec({
    Cmd: ["sh", "-c", "read line; echo heard $line"],
    AttachStdin: true,
    AttachStdout: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  // Not ended: libuv, which Node stands on, closes a pipe whole when it is.
  stream.write("what was typed\n");
  seen.exec = unframed(await bytesOf(stream));
  attached.write("to the first\n");
  await new Promise((resolve) => {
    const look = async () => {
      const logs = await container.logs({ stdout: true });
      if (unframed(logs).includes("to the first")) resolve();
      else setTimeout(look, 50);
    };
    look();
  });
  await container.kill();
  seen.attach = unframed(await output);
  seen.status = (await container.wait()).StatusCode;
  await container.remove();
  return seen;
}

story().then(
  (seen) => {
    fs.writeFileSync(file, JSON.stringify(seen));
    process.exit(0);
  },
  (error) => {
    fs.writeFileSync(file, `${error.stack}`);
    process.exit(1);
  },
);
