// The order of things; each of them blocks and runs on the pool.
#include "vmctl/nap.hpp"

#include "vmctl/run_blocking.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

using std::chrono_literals::operator""s;

// Emulated, on a busy machine.
constexpr std::chrono::milliseconds doze_patience = 60s;
constexpr std::chrono::milliseconds wake_patience = 30s;
// The guest may be booting, and have no agent yet.
constexpr std::chrono::milliseconds adoption_patience = 5s;

void must_succeed(const guest_result& result, const char* doing)
{
    if (result.status == 0) return;
    auto said = result.output.substr(0, result.output.find('\n'));
    if (said.empty()) said = "exit status " + std::to_string(result.status);
    throw describe(hypervisor_problem::refused, doing, said);
}

// A guest that has no agent, or none yet, goes on with the clock that it has.
void set_clock(hypervisor& host)
{
    try {
        host.set_guest_clock();
    } catch (const hypervisor_error& error) {
        spdlog::warn("the guest's clock may be late: {}", error.what());
    }
}

constexpr const char* mounting = "mount the shared directories again";

void rouse(hypervisor& host)
{
    set_clock(host);
    const auto result = host.run_in_guest({"/usr/lib/gangway/wake"}, wake_patience, {});
    must_succeed(result, mounting);
}

void rouse_adopted(hypervisor& host)
{
    set_clock(host);
    guest_result result;
    try {
        result = host.run_in_guest({"/usr/lib/gangway/wake"}, adoption_patience, {});
    } catch (const hypervisor_error& error) {
        spdlog::warn("cannot look after the shared directories: {}", error.what());
    }
    must_succeed(result, mounting);
}

void prepare_and_save(hypervisor& host, const std::stop_token& call_off)
{
    const char* const doing = "prepare the guest to be saved";
    try {
        must_succeed(host.run_in_guest({"/usr/lib/gangway/doze"}, doze_patience, call_off), doing);
        host.save(call_off);
    } catch (const std::system_error& error) {
        // No thread could be had to call it off by.
        throw describe(hypervisor_problem::refused, "save the VM", error.what());
    }
}

void save(hypervisor& host, const std::stop_token& call_off)
{
    host.resume();
    set_clock(host);
    try {
        prepare_and_save(host, call_off);
    } catch (const hypervisor_error& failure) {
        if (host.state() != power::on) throw;
        try {
            host.resume();
            rouse(host);
        } catch (const hypervisor_error& error) {
            throw guest_unusable(
                failure.problem(), failure.what() + std::string("; ") + error.what()
            );
        }
        throw;
    }
}

}  // namespace

asio::awaitable<void> pause_vm(
    hypervisor& host, asio::thread_pool& pool, std::stop_token somebody_waits
)
{
    auto work = [&host, waits = std::move(somebody_waits)] { host.pause(waits); };
    co_await run_blocking(pool, std::move(work));
}

asio::awaitable<void> unpause_vm(hypervisor& host, asio::thread_pool& pool)
{
    auto work = [&host] {
        host.resume();
        set_clock(host);
        // It may have died in its sleep.
        if (host.state() != power::on)
            throw describe(hypervisor_problem::refused, "wake the VM", "it is gone");
    };
    co_await run_blocking(pool, std::move(work));
}

asio::awaitable<void> save_vm(hypervisor& host, asio::thread_pool& pool, std::stop_token call_off)
{
    auto work = [&host, call_off = std::move(call_off)] { save(host, call_off); };
    co_await run_blocking(pool, std::move(work));
}

asio::awaitable<void> rouse_guest(hypervisor& host, asio::thread_pool& pool)
{
    auto work = [&host] { rouse(host); };
    co_await run_blocking(pool, std::move(work));
}

asio::awaitable<void> rouse_adopted_guest(hypervisor& host, asio::thread_pool& pool)
{
    auto work = [&host] { rouse_adopted(host); };
    co_await run_blocking(pool, std::move(work));
}

}  // namespace vmctl
