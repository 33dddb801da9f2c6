// What ssh and docker have said, as a sentence that names the hop and what to do. The texts are
// those of OpenSSH 9.2 and docker 20.10 and 28.
#include "proxy/ssh_failure.hpp"

#include "proxy/ssh_arguments.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using proxy::ssh_failure;

namespace {

const config::ssh_endpoint host{"me", "far", 0, {}};

}  // namespace

TEST_CASE("what ssh says is quoted, and explained")
{
    struct sample {
        std::string said;
        std::string quoted;
        std::string explained;
    };

    const sample samples[] = {
        {"ssh: connect to host far port 22: Connection refused\r\n",
         "ssh: connect to host far port 22: Connection refused: ",
         "no SSH server answers there: check the port, and that sshd runs on far"},
        {"ssh: Could not resolve hostname far: Name or service not known\r\n",
         "ssh: Could not resolve hostname far: Name or service not known: ",
         "this machine does not know the name far"},
        {"Connection timed out during banner exchange\r\n",
         "Connection timed out during banner exchange: ",
         "far does not answer"},
        {"Host key verification failed.\r\n",
         "Host key verification failed.: ",
         "the key of far is not known here: connect once by hand"},
        {"me@far: Permission denied (publickey).\r\n",
         "me@far: Permission denied (publickey).: ",
         "far accepts no key that ssh can use without asking"},
        {"ssh: connect to host jump port 22: Connection refused\r\n"
         "kex_exchange_identification: Connection closed by remote host\r\n"
         "Connection closed by UNKNOWN port 65535\r\n",
         "ssh: connect to host jump port 22: Connection refused; kex_exchange_identification: "
         "Connection closed by remote host; Connection closed by UNKNOWN port 65535: ",
         "no SSH server answers there"},
        {"@@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n"
         "@@@@@@@@@@@\r\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r\n"
         "Offending ED25519 key in /home/me/.ssh/known_hosts:1\r\n  remove with:\r\n"
         "Host key verification failed.\r\n",
         "Offending ED25519 key in /home/me/.ssh/known_hosts:1: ",
         "the key of far is not the one that is known here"},
        {"something new\n", "something new: ", "ssh gave up"},
    };
    for (const auto& each : samples) {
        CAPTURE(each.said);
        const auto told = ssh_failure(host, 255, each.said);
        CHECK_THAT(told, Catch::StartsWith(each.quoted + each.explained));
    }
}

TEST_CASE("what goes wrong at the far end is the far end's")
{
    const std::string dial = "failed to open the raw stream connection: dial unix /s: connect: ";
    CHECK_THAT(
        ssh_failure(host, 127, "bash: line 1: docker: command not found\n"),
        Catch::Contains("docker is not installed on far")
    );
    CHECK_THAT(
        ssh_failure(host, 1, dial + "no such file or directory\n"),
        Catch::StartsWith(dial) && Catch::Contains("no engine runs on far")
    );
    CHECK_THAT(
        ssh_failure(host, 1, dial + "connection refused\n"),
        Catch::Contains("the engine on far does not run")
    );
    CHECK_THAT(
        ssh_failure(host, 1, "WARNING: Error loading config file\n" + dial + "permission denied\n"),
        Catch::Contains("make me a member of the group docker there")
    );
    CHECK_THAT(
        ssh_failure(host, 1, "docker: unknown command: docker system dial-stdio\n"),
        Catch::Contains("older than 18.09")
    );
    CHECK(ssh_failure(host, 3, "") == "docker on far ended with status 3");
}

TEST_CASE("an end without words is told all the same, and many words are cut")
{
    CHECK(ssh_failure(host, 137, "") == "ssh was ended by signal 9");
    CHECK(ssh_failure(host, 255, "\r\n\n") == "ssh gave up");
    CHECK(ssh_failure(host, 0, "").find("nothing behind it answers") != std::string::npos);
    CHECK(ssh_failure(host, 255, std::string(100'000, 'x')).size() < 500);
}

TEST_CASE("nobody's name in the address is nobody's name in the advice")
{
    const auto told = ssh_failure({"", "far", 0, {}}, 255, "Permission denied (publickey).");
    CHECK_THAT(told, Catch::Contains("give the user a key there"));
}

TEST_CASE("ssh is told where to go, asks nothing, and runs docker's own command there")
{
    const auto words = proxy::ssh_arguments({"me", "::1", 2222, "/run/user/1/docker.sock"});
    const std::vector<std::string> last{
        "-l",
        "me",
        "-p",
        "2222",
        "--",
        "::1",
        "docker --host=unix:///run/user/1/docker.sock system dial-stdio"};
    REQUIRE(words.size() > last.size());
    CHECK(std::vector(words.end() - static_cast<std::ptrdiff_t>(last.size()), words.end()) == last);
    CHECK(std::find(words.begin(), words.end(), "BatchMode=yes") != words.end());
    const auto plain = proxy::ssh_arguments({"", "far", 0, {}});
    CHECK(std::find(plain.begin(), plain.end(), "-l") == plain.end());
    CHECK(std::find(plain.begin(), plain.end(), "-p") == plain.end());
    CHECK(plain.back() == "docker system dial-stdio");
}

TEST_CASE("the command to try by hand leads to the same engine")
{
    CHECK(proxy::ssh_by_hand({"", "far", 0, {}}) == "ssh far docker version");
    CHECK(
        proxy::ssh_by_hand({"me", "far", 2222, "/s"}) ==
        "ssh -p 2222 me@far docker --host=unix:///s version"
    );
}
