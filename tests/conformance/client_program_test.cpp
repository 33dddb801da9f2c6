// Programs of other people that speak to the API: docker-py, websocket-client, and Debian's docker
// with the BuildKit it has built in.
#include "tests/conformance/attached.hpp"

#include <catch2/catch.hpp>

using namespace conformance;
using namespace integration;
using test_support::patterned_bytes;
using test_support::run_checked;
using test_support::write_file;

namespace {

constexpr auto exec_by_docker_py = R"(
import sys, docker
container = docker.DockerClient(base_url=sys.argv[1], timeout=60).containers.get(sys.argv[2])
for number in range(int(sys.argv[3])):
    print(container.exec_run(["echo", "word-%d" % number]).output.decode(), end="")
)";

// Opcodes and content of what comes; a piece of output may come in any number of frames.
constexpr auto attach_by_websocket = R"(
import socket, sys, websocket
stream = socket.socket(socket.AF_UNIX)
stream.connect(sys.argv[1])
ws = websocket.create_connection("ws://localhost" + sys.argv[2], socket=stream, timeout=60)
print(ws.getstatus(), sorted(name for name in ws.getheaders() if name != "sec-websocket-accept"))
def line():
    kinds, got = set(), b""
    while not got.endswith(b"\n"):
        kind, content = ws.recv_data()
        kinds.add(kind)
        got += content
    print(kinds, got)
ws.send("text\n")
line()
ws.send_binary(b"binary\n")
line()
ws.send_binary(b"x" * 70000 + b"\n")
line()
ws.ping("marco")
print(ws.recv_data(control_frame=True))
if sys.argv[3] == "client":
    ws.send_close(1000, b"enough")
else:
    ws.send("end\n")
rest = b""
while True:
    try:
        piece = stream.recv(4096)
    except ConnectionResetError:
        break
    if not piece:
        break
    rest += piece
print(rest)
)";

// Debian's interpreter, to which the packages python3-docker and python3-websocket belong.
test_support::process_options python(const char* script, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"/usr/bin/python3", "-c", script});
    return {.arguments = std::move(arguments)};
}

}  // namespace

TEST_CASE("docker-py loses no output of an exec", "[c12]")
{
    const scene scene(each_way());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    constexpr int rounds = 25;
    std::string expected;
    for (int round = 0; round < rounds; ++round) expected += "word-" + std::to_string(round) + "\n";
    const auto url = "unix://" + scene.socket().string();
    CHECK(
        run_checked(
            python(exec_by_docker_py, {url, container, std::to_string(rounds)}),
            std::chrono::minutes(2)
        ) == expected
    );
}

TEST_CASE("attach/ws carries text, binary, pings and either side's close", "[c23]")
{
    const scene scene(each_upstream());
    const std::string ends = GENERATE("client", "container");
    CAPTURE(ends);
    const auto talk = [&](const std::filesystem::path& socket) {
        const auto container =
            run_with_input(scene, "while read x; do echo got-$x; [ $x != end ] || exit; done");
        const auto target = "/containers/" + container + "/attach/ws?stream=1&stdin=1&stdout=1";
        return run_checked(python(attach_by_websocket, {socket.string(), target, ends}));
    };
    const auto directly = talk(scene.engine().socket);
    CHECK(talk(scene.socket()) == directly);
    for (const auto* sign : {"101 [", "got-text", "got-binary", "(10, b'marco')"}) {
        CAPTURE(sign, directly);
        CHECK(directly.find(sign) != std::string::npos);
    }
}

TEST_CASE("BuildKit builds with a context of 200 MB and a secret", "[c24]")
{
    const scene scene(each_upstream());
    const auto context = scene.directory() / "context";
    write_file(
        context / "Dockerfile",
        "FROM busybox\nCOPY blob /blob\n"
        "RUN --mount=type=secret,id=word test \"$(cat /run/secrets/word)\" = swordfish && "
        "md5sum /blob\n"
    );
    write_file(context / "blob", patterned_bytes(200'000'000));
    const auto secret = scene.directory() / "secret";
    write_file(secret, "swordfish");
    auto environment = scene.docker().environment();
    environment["DOCKER_BUILDKIT"] = "1";
    const auto built = test_support::run(
        // Clients since 23.0 leave BuildKit to a plugin that Debian does not package.
        {.arguments =
             {"/usr/bin/docker",
              "build",
              "--network",
              "none",
              "--no-cache",
              "--progress",
              "plain",
              "--secret",
              "id=word,src=" + secret.string(),
              "-t",
              "built",
              context.string()},
         .environment = environment},
        std::chrono::minutes(2)
    );
    scene.direct().run({"builder", "prune", "-a", "-f"});
    CAPTURE(built.err);
    CHECK(built.exit_status == 0);
    const auto sum =
        run_checked({.arguments = {"md5sum"}, .input = input_file{context / "blob"}}).substr(0, 32);
    CHECK(built.err.find(sum + "  /blob") != std::string::npos);
}
