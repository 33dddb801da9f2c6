// The story of a start, in order.
#include "vmctl/boot.hpp"

#include "vmctl/deadline.hpp"
#include "vmctl/nap.hpp"
#include "vmctl/run_blocking.hpp"
#include "vmctl/switch_off.hpp"
#include "vmctl/task_group.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

using std::chrono::steady_clock;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr auto console_interval = 50ms;
constexpr auto silent_guest_patience = 10s;

}  // namespace

boot::boot(
    hypervisor& host,
    asio::thread_pool& pool,
    const boot_plan& plan,
    const readiness_probe& probe,
    std::function<void(const stage_event&)> report
)
    : host_(host),
      pool_(pool),
      plan_(plan),
      probe_(probe),
      report_(std::move(report)),
      console_file_(plan.spec.serial_log)
{
}

asio::awaitable<running_vm> boot::run()
{
    auto found = co_await adopt();
    running_vm vm;
    if (found) {
        vm = *found;
    } else {
        vm = co_await start();
    }
    bool in_time = true;
    try {
        auto answering = await_engine(address_of(vm));
        co_await with_deadline(plan_.boot_timeout, std::move(answering));
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::timed_out) throw;
        in_time = false;
    }
    if (!in_time) {
        follow_console();
        throw engine_unavailable(describe_timeout(console_, plan_.boot_timeout));
    }
    // The engine starts after the shares are there; one that knows nothing of them would make empty
    // directories in their place.
    if (powered_by_us_ && !vm.shares.empty() && !console_.completed("shares")) {
        throw engine_unavailable(
            "the VM's image does not know how to share directories; make a new one "
            "(see docs/appliance.md), or set \"shares\" to []"
        );
    }
    complete("ready");
    co_return vm;
}

asio::awaitable<power> boot::look()
{
    // What cannot be looked at cannot be switched off either.
    power_may_be_on_ = false;
    auto look = [this] { return host_.state(); };
    const auto found = co_await run_blocking(pool_, std::move(look));
    power_may_be_on_ = found == power::on;
    co_return found;
}

// The VM that is there, running or saved. Nothing: its power is off.
asio::awaitable<std::optional<running_vm>> boot::adopt()
{
    auto found = co_await look();
    std::optional<running_vm> vm;
    std::exception_ptr failure;
    if (found == power::on) {
        try {
            vm = co_await take_over();
        } catch (const hypervisor_error&) {
            failure = std::current_exception();
        }
    }
    if (failure) {
        // A daemon that has died since may have sent it to sleep, and it is there by now.
        found = co_await look();
        if (found == power::on) std::rethrow_exception(failure);
    }
    if (found == power::saved) vm = co_await restore();
    if (vm || !power_may_be_on_) co_return vm;
    // It is not usable as it is: shut down properly, it is started anew.
    powered_on_ = false;
    co_await switch_off(host_, pool_, plan_.shutdown_timeout);
    power_may_be_on_ = false;
    co_return std::nullopt;
}

asio::awaitable<std::optional<running_vm>> boot::take_over()
{
    auto work = [this] {
        if (plan_.before_adoption) plan_.before_adoption();
        return host_.adopt();
    };
    auto vm = co_await run_blocking(pool_, std::move(work));
    if (!vm) co_return std::nullopt;
    powered_on_ = true;
    try {
        co_await rouse_adopted_guest(host_, pool_);
    } catch (const hypervisor_error& error) {
        spdlog::warn("the VM that runs is started anew: {}", error.what());
        co_return std::nullopt;
    }
    co_await catch_up();
    complete("adopt");
    co_return vm;
}

// Nothing: it cannot be used as it is, or any more.
asio::awaitable<std::optional<running_vm>> boot::restore()
{
    auto vm = co_await try_to_restore();
    if (!vm) co_return std::nullopt;
    complete("restore");
    try {
        co_await rouse_guest(host_, pool_);
    } catch (const hypervisor_error& error) {
        spdlog::warn("the VM that was saved is started anew: {}", error.what());
        co_return std::nullopt;
    }
    co_await catch_up();
    complete("guest");
    co_return vm;
}

asio::awaitable<void> boot::catch_up()
{
    if (!plan_.catch_up) co_return;
    auto work = [this] { return plan_.catch_up(host_); };
    restart_for_ = co_await run_blocking(pool_, std::move(work));
}

asio::awaitable<std::optional<running_vm>> boot::try_to_restore()
{
    std::string obstacle = "its settings or its image have changed";
    std::optional<running_vm> vm;
    try {
        auto work = [this] {
            if (plan_.before_adoption) plan_.before_adoption();
            return host_.restore(describe_domain());
        };
        vm = co_await run_blocking(pool_, std::move(work));
    } catch (const hypervisor_error& error) {
        if (error.problem() == hypervisor_problem::not_now) throw;
        obstacle = error.what();
    } catch (const std::exception& error) {
        if (is_cancellation(std::current_exception())) throw;
        obstacle = error.what();
    }
    powered_on_ = power_may_be_on_ = vm.has_value();
    if (vm) co_return vm;
    spdlog::warn("the VM cannot go on where it was saved, which is discarded: {}", obstacle);
    auto discard = [this] {
        host_.discard_saved();
        return host_.state() == power::on;
    };
    power_may_be_on_ = co_await run_blocking(pool_, std::move(discard));
    co_return std::nullopt;
}

asio::awaitable<void> boot::restore_to_stop()
{
    const auto vm = co_await try_to_restore();
    if (vm) complete("restore");
}

// Blocking: what the domain would be if it were made now.
domain_spec boot::describe_domain()
{
    domain_spec spec = plan_.spec;
    for (const auto& stage : plan_.stages)
        if (stage.only_describes) stage.work(spec);
    choose_processors(spec);
    return spec;
}

void boot::choose_processors(domain_spec& spec)
{
    spec.run_by = choose_accelerator(host_, plan_.accelerate, plan_.libvirt_uri);
    // With several, emulated processors may go on running code that the kernel has patched, and the
    // guest dies of a breakpoint (seen in one start of fifteen). A start takes no longer.
    if (spec.run_by == accelerator::emulation) spec.cpus = 1;
}

asio::awaitable<running_vm> boot::start()
{
    domain_spec spec = plan_.spec;
    for (const auto& stage : plan_.stages) {
        auto work = [&stage, &spec] { stage.work(spec); };
        co_await run_blocking(pool_, std::move(work));
        complete(stage.name);
    }
    image_identity_ = spec.image_identity;
    auto define = [this, &spec] {
        choose_processors(spec);
        host_.define(spec);
    };
    co_await run_blocking(pool_, std::move(define));
    complete("define");
    power_may_be_on_ = true;
    powered_by_us_ = true;
    running_vm vm;
    try {
        auto power_on = [this] { return host_.power_on(); };
        vm = co_await run_blocking(pool_, std::move(power_on));
    } catch (const hypervisor_error& error) {
        if (error.problem() == hypervisor_problem::taken) power_may_be_on_ = false;
        throw;
    }
    powered_on_ = true;
    complete("power-on");
    co_return vm;
}

asio::awaitable<void> boot::await_engine(engine_address address)
{
    auto listening = listen_to_guest();
    auto asking = ask_engine(std::move(address));
    co_await first_to_end(std::move(listening), std::move(asking));
    // What the guest has printed meanwhile belongs to the timeline.
    follow_console();
}

asio::awaitable<void> boot::listen_to_guest()
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    for (;;) {
        follow_console();
        // An earlier failure of a VM that is taken over may be mended: whether its engine answers
        // counts.
        if (const auto& failure = console_.failure(); failure && powered_by_us_) {
            throw engine_unavailable(describe_failure(console_, *failure));
        }
        pause.expires_after(console_interval);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> boot::ask_engine(engine_address address)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer pause(executor);
    const auto powered_on = steady_clock::now();
    for (;;) {
        bool worth_asking = !powered_by_us_ || console_.completed("network");
        // A guest that reports no stages has to be asked all the same, once it may have a network:
        // earlier, a connection would only hang.
        if (console_.silent()) {
            worth_asking |= steady_clock::now() >= powered_on + silent_guest_patience;
        }
        bool answered = false;
        if (worth_asking) answered = co_await engine_answers(probe_, address);
        if (answered) co_return;
        pause.expires_after(console_.completed("engine") ? 50ms : 200ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

void boot::follow_console()
{
    for (auto text = console_file_.read_new(); !text.empty(); text = console_file_.read_new())
        for (const auto& stage : console_.append(text)) complete(stage.name, stage.guest_time);
}

void boot::complete(std::string stage, std::optional<std::chrono::milliseconds> guest_time)
{
    timeline_.push_back({std::move(stage), elapsed(), guest_time, std::nullopt});
    report_(timeline_.back());
}

bool boot::guest_uses_disk() const
{
    if (!power_may_be_on_) return false;
    if (!powered_by_us_ || console_.completed("disk")) return true;
    // Until its first line the kernel does not run; later, a guest without stages may be anywhere.
    return console_.silent() && !console_.tail().empty();
}

bool boot::was_restored() const
{
    if (powered_by_us_) return false;
    return std::ranges::any_of(timeline_, [](const auto& each) { return each.name == "restore"; });
}

std::chrono::milliseconds boot::elapsed() const
{
    return std::chrono::round<std::chrono::milliseconds>(steady_clock::now() - began_);
}

engine_address boot::address_of(const running_vm& vm) const
{
    return {config::tcp_endpoint{"127.0.0.1", vm.engine_port}, plan_.engine_tls, vm.shares};
}

}  // namespace vmctl
