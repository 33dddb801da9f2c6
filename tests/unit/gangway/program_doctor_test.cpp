// The real program's doctor: without a daemon, with one whose VM sleeps, with one that is ready,
// and what leaves the machine in its bundle.
#include "fake_daemon.hpp"
#include "gangway/program_output.hpp"
#include "program_stage.hpp"
#include "status_example.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <memory>

using Catch::Contains;
using nlohmann::json;
using test_support::process_result;
using test_support::read_file;
using test_support::write_file;
using words = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

// With a configuration of its own, and no settings of the docker client but what is given.
class doctor_stage {
public:
    doctor_stage()
    {
        configuration_ = {
            {"state_dir", (stage_ / "state").string()},
            {"docker", {{"listen", {"unix://" + docker_socket().string()}}}},
            {"vm", {{"image", (stage_ / "image").string()}}}};
        environment_ = stage_.environment();
        for (const auto* const name :
             {"DOCKER_HOST",
              "DOCKER_CONTEXT",
              "DOCKER_CONFIG",
              "DOCKER_API_VERSION",
              "HTTP_PROXY",
              "HTTPS_PROXY",
              "NO_PROXY",
              "http_proxy",
              "https_proxy",
              "no_proxy"})
            environment_[name] = std::nullopt;
        write_file(stage_ / "image/root.img", "abc");
        write_file(
            stage_ / "image/manifest.json",
            R"({"files": {"root.img": {"size": 3, "sha256":
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}})"
        );
    }

    fs::path operator/(std::string_view name) const { return stage_ / name; }

    fs::path control() const { return stage_.control(); }

    fs::path docker_socket() const { return stage_ / "docker.sock"; }

    json& configuration() { return configuration_; }

    test_support::environment_changes& environment() { return environment_; }

    process_result run(words arguments) const
    {
        write_file(stage_ / "gangway.json", configuration_.dump());
        arguments.insert(
            arguments.begin(), {"--config", (stage_ / "gangway.json").string(), "doctor"}
        );
        return test_support::run(
            {.arguments = stage_.command(arguments), .environment = environment_}
        );
    }

    // The finding of one check; null: there is none.
    json finding(const std::string& check) const
    {
        for (const auto& each : json::parse(run({"--json"}).out))
            if (each["check"] == check) return each;
        return nullptr;
    }

private:
    program_stage stage_;
    json configuration_;
    test_support::environment_changes environment_;
};

json status_in(const std::string& state)
{
    auto status = status_example();
    status["vm"]["state"] = state;
    return status;
}

// "Sat, 28 Nov 2026 12:00:00 GMT", so many seconds ago.
std::string http_date(std::chrono::seconds ago)
{
    const auto then = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - ago);
    std::tm parts{};
    ::gmtime_r(&then, &parts);
    char text[64];
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text;
}

fake_daemon::script tells_version(const std::string& date)
{
    const std::string body =
        R"({"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})";
    return sends(
        "HTTP/1.1 200 OK\r\nDate: " + date + "\r\nConnection: close\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body
    );
}

}  // namespace

TEST_CASE("the doctor works without a daemon, and ends with 1 since nothing runs")
{
    const doctor_stage here;
    const auto result = here.run({});
    CAPTURE(result.out, result.err);
    CHECK(result.exit_status == 1);
    CHECK_THAT(result.out, Contains("wrong    daemon"));
    CHECK_THAT(result.out, Contains("start it by running `gangwayd`"));
    CHECK_THAT(result.out, Contains("ok       image"));
    CHECK_THAT(result.out, Contains("not asked: gangwayd does not answer"));
    CHECK_THAT(result.err, Contains("found something wrong"));
    CHECK_FALSE(fs::exists(here / "state"));
    CHECK_FALSE(fs::exists(here.docker_socket()));
}

TEST_CASE("a socket that a service manager opens is looked at, and starts no daemon")
{
    const doctor_stage here;
    const test_support::raw_listener service_manager(here.docker_socket());
    CHECK(here.finding("daemon")["verdict"] == "ok");
    CHECK_THAT(here.finding("daemon")["found"].get<std::string>(), Contains("first request"));
    CHECK_FALSE(service_manager.has_pending());
}

TEST_CASE("a VM that sleeps is not asked")
{
    const std::string state = GENERATE("paused", "saved", "stopped", "waking", "dozing");
    const doctor_stage here;
    const test_support::raw_listener docker(here.docker_socket());
    const fake_daemon daemon(
        here.control(), {answers(status_in(state).dump()), answers("a line\n")}
    );
    const auto result = here.run({});
    CHECK_THAT(result.out, Contains("not asked: the VM is " + state));
    CHECK_FALSE(docker.has_pending());
    CHECK(daemon.requests() == words{"GET /v1/status HTTP/1.1", "GET /v1/logs HTTP/1.1"});
}

TEST_CASE("an engine that is awake tells its versions and its time")
{
    const auto [ago, client, verdict] = GENERATE(table<int, std::string, std::string>({
        {0, "1.41", "ok"},
        {90, "1.42", "warning"},
        {7200, "1.10", "wrong"},
    }));
    doctor_stage here;
    here.environment()["DOCKER_API_VERSION"] = client;
    const fake_daemon engine(
        here.docker_socket(), {answers("OK"), tells_version(http_date(std::chrono::seconds(ago)))}
    );
    const fake_daemon daemon(
        here.control(), {answers(status_in("ready").dump()), answers("a line\n")}
    );
    const auto result = here.run({"--json"});
    CAPTURE(result.out);
    json by_check;
    for (const auto& each : json::parse(result.out)) by_check[each["check"]] = each;
    CHECK(by_check["engine"]["found"] == "Docker 20.10.24 answers");
    CHECK(by_check["clock"]["verdict"] == verdict);
    // Forced by DOCKER_API_VERSION, so that it does not adapt.
    if (gangway::find_program("docker"))
        CHECK(by_check["client version"]["verdict"] == (client == "1.41" ? "ok" : "wrong"));
    CHECK(engine.requests() == words{"GET /_ping HTTP/1.1", "GET /version HTTP/1.1"});
}

TEST_CASE("an engine that refuses is wrong, with its own words")
{
    const doctor_stage here;
    const fake_daemon engine(
        here.docker_socket(),
        {answers(R"({"message": "gangway: no engine"})", "503 Service Unavailable")}
    );
    const fake_daemon daemon(
        here.control(), {answers(status_in("ready").dump()), answers("a line\n")}
    );
    const auto found = here.finding("engine");
    CHECK(found["verdict"] == "wrong");
    CHECK(found["found"] == "gangway: no engine");
}

TEST_CASE("a daemon that speaks another protocol is a finding and no end")
{
    const doctor_stage here;
    const test_support::raw_listener docker(here.docker_socket());
    const auto text = GENERATE(
        as<std::string>{}, "no JSON", "[]", R"({"version": 3})", R"({"vm": {"state": {}}})"
    );
    const fake_daemon daemon(here.control(), {answers(text)});
    const auto found = here.finding("daemon");
    CHECK(found["verdict"] == "wrong");
    CHECK_FALSE(docker.has_pending());
    CHECK_THAT(found["found"].get<std::string>(), Contains("cannot be understood"));
}

TEST_CASE("a configuration that is wrong is a finding, and a wrong command line is not")
{
    doctor_stage here;
    here.configuration()["vm"]["cpu"] = 2;
    const auto found = here.finding("configuration");
    CHECK(found["verdict"] == "wrong");
    CHECK_THAT(found["found"].get<std::string>(), Contains("vm.cpu"));
    const auto wrong = test_support::run(
        {.arguments = {GANGWAY_PROGRAM, "--instance", "A B", "doctor"},
         .environment = here.environment()}
    );
    CHECK(wrong.exit_status == 2);
}

TEST_CASE("what leads the docker client elsewhere is found in its environment and its files")
{
    doctor_stage here;
    const auto seen = [&] { return here.finding("docker client"); };
    CHECK(seen()["verdict"] == "warning");
    here.environment()["DOCKER_HOST"] = "unix://" + (here / "gone").string();
    CHECK(seen()["verdict"] == "wrong");
    here.environment()["DOCKER_HOST"] = "unix://" + here.docker_socket().string();
    CHECK(seen()["verdict"] == "ok");
    fs::create_symlink(here.docker_socket(), here / "link");
    const test_support::raw_listener docker(here.docker_socket());
    here.environment()["DOCKER_HOST"] = "unix://" + (here / "link").string();
    CHECK(seen()["verdict"] == "ok");
    here.environment()["DOCKER_HOST"] = std::nullopt;
    write_file(here / ".docker/config.json", R"({"currentContext": "gone"})");
    CHECK_THAT(seen()["found"].get<std::string>(), Contains("gone, which does not exist"));
    const auto file = (here / "gangway.json").string();
    test_support::run_checked(
        {.arguments = {GANGWAY_PROGRAM, "--config", file, "context", "install", "--use"},
         .environment = here.environment()}
    );
    CHECK(seen()["verdict"] == "ok");
    here.environment()["DOCKER_CONTEXT"] = "other";
    CHECK(seen()["verdict"] == "wrong");
}

TEST_CASE("an engine elsewhere needs no VM, and its certificates are looked at")
{
    doctor_stage here;
    here.configuration()["engine"] = {
        {"remote", "tcp://there:2376"}, {"tls_dir", (here / "tls").string()}};
    here.configuration().erase("vm");
    CHECK(here.finding("kvm") == nullptr);
    CHECK(here.finding("image") == nullptr);
    CHECK(here.finding("certificates")["verdict"] == "wrong");
}

TEST_CASE("the bundle has the findings, settings and logs, and no secret of any of them")
{
    doctor_stage here;
    const auto home = here.environment()["HOME"].value();
    here.configuration()["engine"] = {
        {"http_proxy", "http://me:planted-1@proxy:3128"},
        {"daemon_json", {{"labels", {"token=planted-2"}}}}};
    auto status = status_in("saved");
    status["requests"] = {"docker (pid 1, uid 1): POST /v1.45/auth?password=planted-3"};
    write_file(
        here / "state/serial.log",
        "MHcCAQplanted4\n-----END RSA PRIVATE KEY-----\n[    0.0] Linux version 6.1\n"
        "REGISTRY_PASSWORD=planted-5\n"
    );
    const fake_daemon daemon(
        here.control(),
        {answers(status.dump()),
         answers("warning: Authorization: Bearer planted-6\n"
                 "warning: https://planted-7@registry/v2 refused\n"
                 "info: {\"identitytoken\": \"planted-8\", \"api_key\": \"planted-9\"}\n"
                 "-----BEGIN PRIVATE KEY-----\nplanted+10\n-----END PRIVATE KEY-----\n"
                 "info: an ordinary line\n")}
    );
    const auto file = here / "report.tar";
    const auto result = here.run({"--bundle", file.string()});
    CAPTURE(result.out, result.err);
    CHECK_THAT(result.out, Contains(file.string() + " has that"));

    struct stat mode {};

    REQUIRE(::stat(file.c_str(), &mode) == 0);
    CHECK((mode.st_mode & 0777U) == 0600);

    const auto archive = read_file(file);
    CHECK(archive.find("planted") == std::string::npos);
    CHECK(archive.find(home) == std::string::npos);

    test_support::run_checked(
        {.arguments = {"tar", "-C", (here / "").string(), "-xf", file.string()}}
    );
    const auto text = [&](const std::string& name) {
        return read_file(here / ("gangway-doctor/" + name));
    };
    CHECK_THAT(text("doctor.txt"), Contains("not asked: the VM is saved"));
    CHECK_THAT(text("config.txt"), Contains("http://[removed]@proxy:3128"));
    CHECK_THAT(text("config.txt"), Contains("~/state"));
    CHECK_THAT(text("versions.txt"), Contains("gangwayd: 0.1.0"));
    CHECK_THAT(text("status.json"), Contains("\"state\": \"saved\""));
    CHECK_THAT(text("daemon.log"), Contains("info: an ordinary line"));
    CHECK_THAT(text("serial.log"), Contains("Linux version 6.1"));
}

TEST_CASE("a bundle overwrites nothing")
{
    const doctor_stage here;
    const auto file = here / "report.tar";
    write_file(file, "mine");
    const auto result = here.run({"--bundle", file.string()});
    CHECK(result.exit_status == 1);
    CHECK_THAT(result.err, Contains("exists already"));
    CHECK(read_file(file) == "mine");
    CHECK(here.run({"--bundle", (here / "no/such/report.tar").string()}).exit_status == 1);
}

TEST_CASE("what another program prints is read, and one that does not end is ended")
{
    using gangway::program_output;
    CHECK(
        program_output("/bin/sh", {"-c", "echo $WORD; echo no >&2; exit 3"}, {{"WORD", "yes"}}) ==
        "yes\n"
    );
    CHECK(program_output("/no/such/program", {}) == std::nullopt);
    CHECK(
        program_output("/bin/sh", {"-c", "exec sleep 600"}, {}, std::chrono::milliseconds(50)) ==
        std::nullopt
    );
    CHECK(gangway::find_program("sh").has_value());
    CHECK_FALSE(gangway::find_program("no-such-program-of-ours").has_value());
}
