// From the configuration to what the guest is given of it, and from there to what it lacks.
#include "vmctl/engine_settings.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/certificate.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace vmctl;
using test_support::test_directory;
using test_support::write_file;

namespace {

using names = std::vector<std::string>;

std::string authority()
{
    return issue_authority(certificate_clock::now()).certificate;
}

guest_settings with_daemon_json(const char* text)
{
    return {text, {}, {}};
}

}  // namespace

TEST_CASE("a proxy on this machine is found from the guest, any other is where it was")
{
    struct row {
        const char* here;
        const char* there;
    };

    const auto [here, there] = GENERATE(values<row>({
        {"http://127.0.0.1:3128", "http://10.0.2.2:3128"},
        {"http://localhost:3128/", "http://10.0.2.2:3128/"},
        {"https://[::1]:3128", "https://10.0.2.2:3128"},
        {"127.0.0.53", "10.0.2.2"},
        {"localhost:3128", "10.0.2.2:3128"},
        {"http://me:pass@word@localhost:1", "http://me:pass@word@10.0.2.2:1"},
        {"http://proxy.example:3128", "http://proxy.example:3128"},
        {"http://localhost.example:3128", "http://localhost.example:3128"},
        {"http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128"},
        {"http://proxy.example/@localhost", "http://proxy.example/@localhost"},
        {"", ""},
    }));
    CHECK(seen_from_guest(here) == there);
}

TEST_CASE("the engine's environment has the proxies that are set")
{
    config::engine_settings settings;
    CHECK(guest_settings_of(settings) == guest_settings());
    settings.https_proxy = "http://localhost:3128";
    settings.no_proxy = "localhost,.example";
    CHECK(
        guest_settings_of(settings).environment ==
        "HTTPS_PROXY=http://10.0.2.2:3128\nNO_PROXY=localhost,.example\n"
    );
}

TEST_CASE("certificates are taken from files and from directories of them")
{
    const test_directory directory;
    const auto one = authority();
    const auto two = authority();
    write_file(directory / "one.pem", "Subject: one\n" + one + "\nand " + two);
    std::filesystem::create_directories(directory / "machine/company");
    write_file(directory / "machine/company/b.crt", two);
    write_file(directory / "machine/a.crt", one);
    write_file(directory / "machine/README", one);
    write_file(directory / "machine/binary.crt", "\x30\x82");
    config::engine_settings settings;
    settings.certificates = {directory / "one.pem"};
    CHECK(guest_settings_of(settings).authorities == one + two);
    settings.certificates = {directory / "machine"};
    CHECK(guest_settings_of(settings).authorities == one + two);
}

TEST_CASE("a certificate that is named and cannot be used is an error that names the setting")
{
    const test_directory directory;
    write_file(directory / "broken.pem", authority().substr(0, 100));
    write_file(
        directory / "damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    );
    const auto* const name = GENERATE("none.pem", "broken.pem", "damaged.pem");
    config::engine_settings settings;
    settings.certificates = {directory / name};
    CHECK_THROWS_WITH(
        guest_settings_of(settings),
        Catch::StartsWith("engine.certificates cannot be read: ") && Catch::Contains(name)
    );
}

TEST_CASE("the gap is told setting by setting")
{
    struct row {
        const char* has;
        const char* wanted;
        names taken_over;
        const char* then;
        names restart_for;
    };

    const auto expected = GENERATE(values<row>({
        {"{}", "{}", {}, "{}", {}},
        {R"({"debug":true,"mtu":1400})",
         R"({"mtu":1400,"debug":true})",
         {},
         R"({"debug":true,"mtu":1400})",
         {}},
        {"{}", R"({"debug":true})", {"engine.daemon_json.debug"}, R"({"debug":true})", {}},
        {R"({"labels":["a=1"],"mtu":1400})",
         R"({"labels":["a=2"],"mtu":1500})",
         {"engine.daemon_json.labels"},
         R"({"labels":["a=2"],"mtu":1400})",
         {"engine.daemon_json.mtu"}},
        // dockerd keeps the last value of one that is not there any more.
        {R"({"debug":true})", "{}", {}, R"({"debug":true})", {"engine.daemon_json.debug"}},
    }));
    const auto gap = gap_between(with_daemon_json(expected.has), with_daemon_json(expected.wanted));
    CHECK(gap.taken_over == expected.taken_over);
    CHECK(gap.daemon_json == expected.then);
    CHECK(gap.restart_for == expected.restart_for);
}

TEST_CASE("proxies and certificates are for the next start")
{
    const guest_settings has{"{}", "HTTP_PROXY=a\n", "ONE"};
    CHECK(gap_between(has, {"{}", "", "ONE"}).restart_for == names{"the proxies"});
    CHECK(
        gap_between(has, {"{}", "HTTP_PROXY=a\n", ""}).restart_for == names{"engine.certificates"}
    );
}

TEST_CASE("what a guest was given is remembered, and nothing is known without that")
{
    const test_directory directory;
    CHECK(recorded_settings(directory.path()) == guest_settings());
    const guest_settings settings{R"({"debug":true})", "NO_PROXY=x\n", "ONE\n"};
    record_settings(directory.path(), settings);
    CHECK(recorded_settings(directory.path()) == settings);
    const auto* const damaged =
        GENERATE("", "[]", "{}", R"({"daemon_json": "{", "environment": "", "authorities": ""})");
    write_file(directory / "engine.json", damaged);
    CHECK(recorded_settings(directory.path()) == guest_settings());
}
