"""What is done with files, in the shell of a container: how it is prepared, what is timed, and what is left
to clean up. The working directory is the one that is measured."""

MANY = 100  # files of 4 KB each
LARGE = 64  # MB

# Once, in the container's own file system.
PACK = (f"mkdir -p /t/many && cd /t && for i in $(seq {MANY}); do head -c 4096 /dev/urandom >many/$i; done && "
        "tar -cf /many.tar many && rm -r /t")

UNPACK = "tar -xf /many.tar"
WRITE = f"dd if=/dev/zero of=large bs=1M count={LARGE} conv=fsync 2>&1"

FILES = {
    f"unpack {MANY} small files": ("true", f"{UNPACK} && sync", "rm -r many"),
    f"read {MANY} small files": (UNPACK, "cat many/*", "rm -r many"),
    f"list {MANY} small files": (UNPACK, "ls -l many", "rm -r many"),
    f"remove {MANY} small files": (UNPACK, "rm -r many && sync", "true"),
    f"write one of {LARGE} MB": ("true", WRITE, "rm large"),
    f"read one of {LARGE} MB": (WRITE, "cat large", "rm large"),
}
