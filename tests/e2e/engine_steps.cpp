// The steps, each against the real engine in the VM.
#include "tests/e2e/engine_steps.hpp"

#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using nlohmann::json;
using test_support::run_checked;
namespace fs = std::filesystem;

namespace e2e {
namespace {

constexpr const char* registry = "registry.company.example";

}  // namespace

company_network::company_network(const account& user)
    : authority_(user.home() / "company/authority.pem")
{
    fs::create_directory(authority_.parent_path());
    // Its own authority: the one certificate is both.
    const auto key = authority_.parent_path() / "key.pem";
    run_checked(
        {.arguments =
             {"openssl",
              "req",
              "-x509",
              "-newkey",
              "ec",
              "-pkeyopt",
              "ec_paramgen_curve:P-256",
              "-nodes",
              "-days",
              "2",
              "-subj",
              "/CN=company",
              "-addext",
              std::string("subjectAltName=DNS:") + registry,
              "-keyout",
              key,
              "-out",
              authority_}}
    );
    proxy_ = std::make_unique<test_support::process>(test_support::process_options{
        .arguments = {"python3", shared_premises().company_network(), authority_, key},
        .input = test_support::open_pipe{}});
    proxy_->expect_output("\n");
    port_ = proxy_->out().substr(0, proxy_->out().find('\n'));
}

json company_network::settings() const
{
    return {
        {"https_proxy", "http://localhost:" + port_},
        {"certificates", {authority_.string()}},
        {"daemon_json", {{"labels", {"stage=one"}}}},
    };
}

void company_network::is_used(const account& user)
{
    const auto pulled = test_support::run(
        user.docker().command({"pull", std::string(registry) + "/tools/none"}), boot_patience
    );
    CAPTURE(pulled.err, proxy_->out(), proxy_->err());
    CHECK(pulled.exit_status != 0);
    // Of the registry, which the engine would not have asked without trust.
    CHECK(pulled.err.find("not found") != std::string::npos);
    proxy_->expect_output(std::string("CONNECT ") + registry + ":443 HTTP/1.1\n");
    proxy_->expect_output("GET /v2/ HTTP/1.1\n");
}

json changed_settings(const company_network& company)
{
    auto settings = company.settings();
    settings["daemon_json"] = {
        {"labels", {"stage=two"}},
        {"registry-mirrors", {"https://mirror.company.example"}},
        {"log-opts", {{"max-size", "1m"}}}};
    return settings;
}

void the_engine_takes_over_what_it_can(const account& user)
{
    CHECK(user.vm().at("restart_for") == json{"engine.daemon_json.log-opts"});
    // dockerd has been asked to, and does it in its own time.
    CHECK(test_support::eventually([&] {
        return user.docker_text({"info", "-f", "{{json .Labels}} {{json .RegistryConfig.Mirrors}}"}
               ) == R"(["stage=two"] ["https://mirror.company.example/"])";
    }));
    CHECK(
        user.gangway({"status"}).out.find("engine.daemon_json.log-opts; `gangway restart`") !=
        std::string::npos
    );
}

void the_engine_has_all_settings(const account& user)
{
    CHECK(user.vm().at("restart_for") == json::array());
    CHECK(user.docker_text({"info", "-f", "{{json .Labels}}"}) == R"(["stage=two"])");
    user.docker_text({"create", "--name", "logger", "busybox", "true"});
    CHECK(
        user.docker_text({"inspect", "-f", "{{json .HostConfig.LogConfig.Config}}", "logger"}) ==
        R"({"max-size":"1m"})"
    );
    user.docker_text({"rm", "logger"});
}

}  // namespace e2e
