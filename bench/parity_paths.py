"""Rows about files: each says what a user sees, in a few words that are the same with the same behaviour."""

import json
import os
import stat
import subprocess
import time

from parity_engine import becomes


def _in(engine, script, *more):
    return engine.run("-v", f"{engine.directory}:/w", "-w", "/w", *more, "busybox", "sh", "-c", script)


def _owner(engine, path):
    """Whose it is on the host: "the user's" is who runs docker."""
    uid = path.stat().st_uid
    return "the user's" if uid == engine.machine.user["user"] else "root's" if uid == 0 else f"of {uid}"


def directory(engine):
    """`-v DIRECTORY:/w` shows its files"""
    (engine.directory / "in").write_text("from the host\n")
    return _in(engine, "cat in")


def one_file(engine):
    """`-v FILE:/f` shows the file"""
    (engine.directory / "in").write_text("one file\n")
    return engine.run("-v", f"{engine.directory / 'in'}:/f", "busybox", "cat", "/f")


def missing_source(engine):
    """`-v` of a directory that is missing makes it"""
    engine.run("-v", f"{engine.directory / 'new'}:/n", "busybox", "true")
    return "a directory" if (engine.directory / "new").is_dir() else "nothing"


def missing_mount(engine):
    """`--mount type=bind` of a source that is missing is refused"""
    return engine.refusal("run", "--rm", "--mount", f"type=bind,source={engine.directory}/no,target=/n",
                          "busybox", "true")


def read_only(engine):
    """`-v DIRECTORY:/w:ro` cannot be written"""
    return engine.run("-v", f"{engine.directory}:/w:ro", "busybox", "sh", "-c", "echo x 2>&1 >/w/x || true")


def link_source(engine):
    """a source that is a symbolic link leads where it leads on the host"""
    (engine.directory / "real").mkdir()
    (engine.directory / "real/in").write_text("behind a link\n")
    (engine.directory / "link").symlink_to("real")
    return engine.run("-v", f"{engine.directory / 'link'}:/w", "busybox", "cat", "/w/in")


def own_socket(engine):
    """`-v` of the client's docker socket is the engine's socket"""
    return engine.run("-v", f"{engine.socket}:/var/run/docker.sock", "busybox", "sh", "-c",
                      "[ -S /var/run/docker.sock ] && echo a socket")


def inspected(engine):
    """`inspect` shows the source that the user wrote"""
    engine.docker("create", "--name", "shown", "-v", f"{engine.directory}:/w:ro", "busybox", "true")
    told = json.loads(engine.docker("inspect", "shown").stdout)[0]
    mount = told["Mounts"][0]
    return engine.plain(f"{told['HostConfig']['Binds'][0]}; {mount['Type']} {mount['Source']} rw={mount['RW']}")


def bind_volume(engine):
    """`volume create -o o=bind -o device=DIRECTORY` shows its files"""
    (engine.directory / "in").write_text("by a volume\n")
    engine.docker("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", f"device={engine.directory}", "bound")
    return engine.run("-v", "bound:/w", "busybox", "cat", "/w/in")


def names(engine):
    """names with spaces, line ends and UTF-8"""
    _in(engine, "touch 'a b' 'c\nd' naïve")
    return repr(sorted(each.name for each in engine.directory.iterdir()))


def modes_and_links(engine):
    """`chmod`, `ln`, `ln -s`, `mv`, as the host sees them"""
    _in(engine, "echo x >a; chmod 751 a; ln a b; ln -s a c; echo y >d; mv d e; mkdir -p f/g; rmdir f/g")
    a = (engine.directory / "a").stat()
    found = " ".join(sorted(each.name for each in engine.directory.iterdir()))
    return f"{stat.S_IMODE(a.st_mode):o} {a.st_nlink} links, c -> {os.readlink(engine.directory / 'c')}; {found}"


def sparse(engine):
    """a sparse file of 4 GB and a byte"""
    _in(engine, "dd if=/dev/zero of=big bs=1 count=1 seek=4294967296 2>/dev/null")
    big = (engine.directory / "big").stat()
    return f"{big.st_size} bytes, {'sparse' if big.st_blocks < 1000 else 'not sparse'}"


def appended(engine):
    """what the host appends is seen by a container that has the file open"""
    (engine.directory / "log").write_text("first\n")
    engine.docker("run", "-d", "--name", "reader", "-v", f"{engine.directory}:/w", "-w", "/w", "busybox", "sh", "-c",
                  "exec <log; read line; touch ready; until [ -e go ]; do sleep 0.1; done; read line; echo $line")
    becomes((engine.directory / "ready").exists)
    with open(engine.directory / "log", "a", encoding="ascii") as log:
        log.write("second\n")
    (engine.directory / "go").touch()
    engine.docker("wait", "reader")
    return engine.docker("logs", "reader").stdout.strip()


def locks(engine):
    """`flock`: what another container sees while one has it, and then"""
    engine.probe()
    mount = ("-v", f"{engine.directory}:/w", "-w", "/w", "busybox", "./probe")
    engine.docker("run", "-d", "--name", "holder", *mount, "hold", "l")
    becomes(lambda: "held" in engine.docker("logs", "holder").stdout)
    held = engine.run(*mount, "try", "l")
    engine.docker("rm", "-f", "holder")
    return f"{held}, then {engine.run(*mount, 'try', 'l')}"


def probed(engine):
    """`mmap`, and `fcntl` locks"""
    engine.probe()
    return _in(engine, "./probe files")


def fifo(engine):
    """a FIFO between two processes of a container"""
    return _in(engine, "{ mkfifo p && { timeout 5 sh -c 'echo through >p' & timeout 5 cat p; }; } 2>&1 || echo no")


def created_owner(engine):
    """who owns what a container's root creates"""
    _in(engine, "touch mine")
    return _owner(engine, engine.directory / "mine")


def created_by_other(engine):
    """who owns what `--user` USER creates"""
    user = f"{engine.machine.user['user']}:{engine.machine.user['group']}"
    _in(engine, "touch mine", "--user", user)
    return _owner(engine, engine.directory / "mine")


def changed_owner(engine):
    """`chown 4:4` by a container's root"""
    return _in(engine, "touch a; chown 4:4 a 2>&1 && stat -c %u:%g a || true")


def notified(engine):
    """a container that watches is told of what the host changes (inotify)"""
    engine.probe()
    engine.docker("run", "-d", "--name", "watcher", "-v", f"{engine.directory}:/w", "-w", "/w", "busybox", "./probe",
                  "watch")
    end = time.monotonic() + 10
    told = ""
    while not told and time.monotonic() < end:
        (engine.directory / f"new{time.monotonic()}").touch()
        time.sleep(0.5)
        told = engine.docker("logs", "watcher").stdout
    return "told" if told else "not told"


def two_stage(engine):
    """`docker cp` out of a container and into it"""
    (engine.directory / "in").write_text("copied\n")
    engine.docker("create", "--name", "copies", "busybox", "true")
    engine.docker("cp", engine.directory / "in", "copies:/in")
    engine.docker("cp", "copies:/in", engine.directory / "out")
    return (engine.directory / "out").read_text().strip()


def built(engine):
    """`docker build` with the directory as context"""
    (engine.directory / "Dockerfile").write_text("FROM busybox\nCOPY in /in\nRUN cat /in >/out\n")
    (engine.directory / "in").write_text("built\n")
    environment = dict(engine.machine.environment, DOCKER_BUILDKIT="0")
    command = [*map(str, engine.client), "build", "-q", "-t", "built", str(engine.directory)]
    subprocess.run(command, env=environment, check=True, capture_output=True, **engine.machine.user)
    told = engine.run("built", "cat", "/out")
    engine.docker("rmi", "built")
    return told


ROWS = (directory, one_file, missing_source, missing_mount, read_only, link_source, own_socket, inspected,
        bind_volume, names, modes_and_links, sparse, appended, locks, fifo, two_stage, built, created_by_other,
        created_owner, changed_owner, probed, notified)
