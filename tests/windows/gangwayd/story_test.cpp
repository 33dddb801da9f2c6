// The whole way: a client of a pipe, gangwayd.exe, an engine on TCP; and gangway.exe beside it.
#include "tests/windows/gangwayd/served_pipe.hpp"
#include "tests/windows/support/pipe_client.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

using Catch::Contains;
using test_support::pipe_client;
using namespace windows_support;

namespace {

std::string asks_for(const std::string& path)
{
    return "GET " + path + " HTTP/1.1\r\nHost: docker\r\n\r\n";
}

// The head of the answer and its body, by its length.
std::string answered(pipe_client& client)
{
    auto head = client.read_until("\r\n\r\n");
    const auto length = std::stoul(head.substr(head.find("Content-Length: ") + 16));
    return head + client.read(length);
}

// A hijacked stream, as `docker exec -i` makes one.
void start_exec(pipe_client& client)
{
    const std::string body = R"({"Detach":false,"Tty":true})";
    client.write(
        "POST /v1.43/exec/0123/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\n"
        "Upgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body
    );
    REQUIRE_THAT(client.read_until("\r\n\r\n"), Contains("101 UPGRADED"));
}

}  // namespace

TEST_CASE("a client of the pipe is answered by the engine, again and again on one connection")
{
    const served_pipe stage;
    pipe_client client(stage.docker());
    client.write(asks_for("/_ping"));
    CHECK_THAT(answered(client), Contains("200 OK") && Catch::EndsWith("\r\n\r\nOK"));
    client.write(asks_for("/v1.43/version"));
    CHECK_THAT(answered(client), Catch::EndsWith(small_version));
}

TEST_CASE("a hijacked stream goes both ways, and on after the client has ended its own")
{
    const served_pipe stage;
    pipe_client client(stage.docker());
    start_exec(client);
    client.write("typed\n");
    CHECK(client.read(6) == "typed\n");
    client.close_write();
    CHECK(client.read_all() == "<end>");
}

TEST_CASE("a hijacked stream carries more than any buffer holds")
{
    const served_pipe stage;
    pipe_client client(stage.docker());
    start_exec(client);
    std::string whole;
    for (int round = 0; round < 16; ++round) {
        const std::string part(65536, static_cast<char>('a' + round));
        client.write(part);
        CHECK(client.read(part.size()) == part);
    }
    client.close_write();
    CHECK(client.read_all() == "<end>");
}

TEST_CASE("many clients come at once, and none is turned away")
{
    const served_pipe stage;
    std::vector<std::unique_ptr<pipe_client>> clients;
    for (int i = 0; i < 40; ++i) clients.push_back(std::make_unique<pipe_client>(stage.docker()));
    for (auto& client : clients) client->write(asks_for("/_ping"));
    for (auto& client : clients) CHECK_THAT(answered(*client), Contains("200 OK"));
}

TEST_CASE("gangway.exe finds the daemon by its pipe")
{
    const served_pipe stage;
    const auto status = stage.gangway({"status", "--json"});
    INFO(status.said);
    REQUIRE(status.status == 0);
    const auto told = nlohmann::json::parse(status.said);
    CHECK(told.at("pid") == stage.daemon().process_id());
    CHECK(told.at("docker_sockets").at(0) == stage.docker_endpoint());
    CHECK_THAT(stage.gangway({"status"}).said, Contains("tcp://127.0.0.1:"));
    CHECK_THAT(stage.gangway({"version"}).said, Contains("gangwayd 0."));
    CHECK_THAT(stage.gangway({"logs"}).said, Contains(" info ready\r\n"));
}

TEST_CASE("what needs a VM says that there is none")
{
    const served_pipe stage;
    for (const char* const word : {"up", "sleep", "ssh", "mounts"}) {
        const auto refused = stage.gangway({word});
        INFO(word << ": " << refused.said);
        CHECK(refused.status != 0);
        CHECK_THAT(refused.said, Contains("gangway: ") && Contains("VM"));
    }
}

// Wine sends no Ctrl-Break without a console's window.
TEST_CASE("Ctrl-Break ends the daemon in order", "[no-wine]")
{
    const served_pipe stage;
    pipe_client client(stage.docker());
    stage.daemon().press_break();
    CHECK(stage.daemon().wait() == 0);
    CHECK_THAT(stage.daemon().said(), Contains("stopping on Ctrl-Break") && Contains("stopped"));
    CHECK(client.read_some().empty());
}

TEST_CASE("a second daemon of the same pipe says that it is taken")
{
    const served_pipe stage;
    auto words = stage.options();
    words.insert(words.begin(), GANGWAYD_PROGRAM);
    words.insert(words.end(), {"--control", stage.control_endpoint() + "2"});
    words.erase(words.begin() + 5, words.begin() + 7);
    const auto second = run(words);
    INFO(second.said);
    CHECK(second.status == 1);
    CHECK_THAT(second.said, Contains(stage.docker()));
}

TEST_CASE("without an engine, and without VirtualBox, each client is told what to do")
{
    const scratch_directory here;
    const auto name = new_pipe_name();
    const auto endpoint = "npipe:////./pipe/" + name;
    const nlohmann::json settings = {{"state_dir", (here / "state").string()}};
    std::ofstream(here / "gangway.json") << settings;
    const program daemon(
        {GANGWAYD_PROGRAM,
         "--config",
         (here / "gangway.json").string(),
         "--listen",
         endpoint,
         "--control",
         endpoint + "-control"},
        here / "gangwayd.log"
    );
    REQUIRE(daemon.says(" ready"));
    pipe_client client(name);
    client.write(asks_for("/v1.43/info"));
    const auto refusal = answered(client);
    CHECK_THAT(refusal, Contains("HTTP/1.1 5") && Contains("{\"message\":"));
    CHECK_THAT(refusal, Contains("VirtualBox is not installed"));
    CHECK_THAT(refusal, Contains("--engine tcp://HOST:PORT"));
}
