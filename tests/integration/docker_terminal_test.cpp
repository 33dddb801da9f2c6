// `docker run -it`, `exec -it` and `attach` on a terminal: sizes, control keys, detach keys.
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

using namespace integration;

namespace {

std::vector<std::string> docker(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "docker");
    return arguments;
}

constexpr auto ctrl_c = "\x03";
constexpr auto ctrl_p_ctrl_q = "\x10\x11";

}  // namespace

TEST_CASE("docker run -it is a terminal whose size follows the window", "[c21][terminal]")
{
    const scene scene(each_way());
    pty_process shell(
        docker(run_arguments({"-it"}, {"sh"})), scene.docker().environment(), {33, 101}
    );
    // The client sends the first size after the start, so the shell may look too early.
    shell.expect("# ");
    shell.type("while :; do stty size; sleep 0.1; done\n");
    shell.expect("33 101");
    // And it listens for changes only once the first size is sent: change until it has noticed.
    bool followed = false;
    for (unsigned short rows = 50; rows < 80 && !followed; ++rows) {
        shell.resize({rows, 120});
        followed = shell.shows(std::to_string(rows) + " 120", std::chrono::seconds(1));
    }
    CHECK(followed);
    // Between two of the loop's programs nobody is in the foreground, and the key is lost.
    bool interrupted = false;
    for (int tries = 0; tries < 20 && !interrupted; ++tries) {
        shell.type(ctrl_c);
        interrupted = shell.shows("# ", std::chrono::seconds(1));
    }
    CHECK(interrupted);
    shell.type("exit 7\n");
    CHECK(shell.finish() == 7);
}

TEST_CASE("Ctrl-C on docker run -it interrupts the program in the container", "[c21][terminal]")
{
    const scene scene(each_way());
    pty_process client(
        docker(run_arguments(
            {"-it"},
            {"sh",
             "-c",
             "trap 'echo interrupted; exit 5' INT; echo up; while :; do sleep 0.1; done"}
        )),
        scene.docker().environment()
    );
    client.expect("up");
    client.type(ctrl_c);
    client.expect("interrupted");
    CHECK(client.finish() == 5);
}

TEST_CASE(
    "docker exec -it is a terminal and ends with its program's exit status", "[c21][terminal]"
)
{
    const scene scene(each_way());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    pty_process shell(
        docker({"exec", "-it", container, "sh", "-c", "tty; read line; echo got-$line; exit 3"}),
        scene.docker().environment()
    );
    shell.expect("/dev/");
    shell.type("hello\n");
    shell.expect("got-hello");
    CHECK(shell.finish() == 3);
    CHECK(scene.is_running(container));
}

TEST_CASE(
    "the detach keys leave the container running and attach finds it again", "[c21][terminal]"
)
{
    const scene scene(each_way());
    const auto container = scene.run_detached({"-it", "busybox", "sh"});
    {
        pty_process client(docker({"attach", container}), scene.docker().environment());
        client.type("echo first-$((20+22))\n");
        client.expect("first-42");
        client.type(ctrl_p_ctrl_q);
        client.expect("read escape sequence");
        client.finish();
    }
    CHECK(scene.is_running(container));
    pty_process client(docker({"attach", container}), scene.docker().environment());
    client.type("echo second-$((20+23))\n");
    client.expect("second-43");
    client.type("exit\n");
    CHECK(client.finish() == 0);
    CHECK(eventually([&] { return !scene.is_running(container); }));
}

TEST_CASE("other detach keys are honoured", "[c21][terminal]")
{
    const scene scene(each_way());
    pty_process client(
        docker(run_arguments({"-it", "--detach-keys", "ctrl-x,x", "--name", "detached"}, {"sh"})),
        scene.docker().environment()
    );
    client.expect("# ");
    client.type("\x18x");
    client.finish();
    CHECK(scene.is_running("detached"));
}
