// The daemon under the Service Control Manager, and at login.
#include "tests/windows/gangwayd/served_pipe.hpp"
#include "tests/windows/support/pipe_client.hpp"

#include <catch2/catch.hpp>
#include <windows.h>

#include <chrono>
#include <memory>
#include <thread>

using Catch::Contains;
using test_support::pipe_client;
using namespace windows_support;

namespace {

struct service_closer {
    void operator()(SC_HANDLE handle) const { ::CloseServiceHandle(handle); }
};

using service_handle = std::unique_ptr<SC_HANDLE__, service_closer>;

// An instance of the test's own, so that a service of the machine is left alone.
constexpr const char* instance = "story";
constexpr const wchar_t* service_name = L"gangwayd-story";

std::vector<std::string> called(std::vector<std::string> options, const std::string& engine)
{
    options.insert(options.begin(), GANGWAYD_PROGRAM);
    options.insert(options.end(), {"--instance", instance, "--engine", engine});
    return options;
}

service_handle opened()
{
    const service_handle manager(::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
    return service_handle(::OpenServiceW(
        manager.get(), service_name, SERVICE_START | SERVICE_STOP | SERVICE_QUERY_STATUS
    ));
}

// Whether it comes to `wanted` within half a minute.
bool becomes(const service_handle& service, DWORD wanted)
{
    using namespace std::chrono_literals;
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < give_up) {
        SERVICE_STATUS status{};
        if (::QueryServiceStatus(service.get(), &status) == 0) return false;
        if (status.dwCurrentState == wanted) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

// Whatever the test has left.
struct cleaned_up {
    ~cleaned_up() { run(called({"--service", "remove"}, "tcp://127.0.0.1:1")); }
};

std::wstring run_at_login()
{
    std::wstring value(4096, L'\0');
    auto size = static_cast<DWORD>(value.size() * sizeof(wchar_t));
    if (::RegGetValueW(
            HKEY_CURRENT_USER,
            LR"(Software\Microsoft\Windows\CurrentVersion\Run)",
            service_name,
            RRF_RT_REG_SZ,
            nullptr,
            value.data(),
            &size
        ) != ERROR_SUCCESS)
        return {};
    return value.substr(0, value.find(L'\0'));
}

}  // namespace

TEST_CASE("a service is installed, serves its pipe, stops when it is told to, and is removed")
{
    const small_engine engine;
    const cleaned_up at_the_end;
    const auto installed = run(called({"--service", "install"}, engine.endpoint()));
    INFO(installed.said);
    REQUIRE(installed.status == 0);
    CHECK_THAT(installed.said, Contains("--service run --engine tcp://127.0.0.1:"));
    auto service = opened();
    REQUIRE(service);
    REQUIRE(::StartServiceW(service.get(), 0, nullptr) != 0);
    REQUIRE(becomes(service, SERVICE_RUNNING));
    {
        // It was running when its pipe was there, not before.
        pipe_client client("gangway-story");
        client.write("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n");
        CHECK_THAT(client.read_until("OK"), Contains("200 OK"));
    }
    SERVICE_STATUS status{};
    REQUIRE(::ControlService(service.get(), SERVICE_CONTROL_STOP, &status) != 0);
    CHECK(becomes(service, SERVICE_STOPPED));
    ::QueryServiceStatus(service.get(), &status);
    CHECK(status.dwWin32ExitCode == NO_ERROR);
    service.reset();
    const auto removed = run(called({"--service", "remove"}, engine.endpoint()));
    CHECK(removed.status == 0);
    CHECK_FALSE(opened());
}

TEST_CASE("a service that cannot be started as it is told is not installed")
{
    const auto refused = run({GANGWAYD_PROGRAM, "--service", "install", "--engine", "nonsense"});
    CHECK(refused.status == 2);
    CHECK_THAT(refused.said, Contains("--engine"));
}

TEST_CASE("the daemon of a service does not run without the service manager")
{
    const auto refused = run(called({"--service", "run"}, "tcp://127.0.0.1:1"));
    INFO(refused.said);
    CHECK(refused.status == 1);
    CHECK_THAT(refused.said, Contains("sc.exe start gangwayd-story"));
}

TEST_CASE("what starts at login is in the user's registry until it is removed")
{
    const auto installed = run(called({"--login", "install"}, "tcp://127.0.0.1:1"));
    INFO(installed.said);
    REQUIRE(installed.status == 0);
    const auto line = run_at_login();
    CHECK(line.find(L"gangwayd-login.exe") != std::wstring::npos);
    CHECK(line.find(L"--login run --engine tcp://127.0.0.1:1") != std::wstring::npos);
    CHECK(run(called({"--login", "remove"}, "tcp://127.0.0.1:1")).status == 0);
    CHECK(run_at_login().empty());
}
