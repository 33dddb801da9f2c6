// Turns the lifecycle's steps into coroutines and their ends into the lifecycle's events.
#include "vmctl/supervisor.hpp"

#include "vmctl/run_blocking.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <cassert>
#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

class waiter {
public:
    explicit waiter(idle_watch& idle) : idle_(idle) { idle_.began_waiting(); }

    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

    ~waiter() { idle_.ended_waiting(); }

private:
    idle_watch& idle_;
};

}  // namespace

supervisor::supervisor(
    asio::any_io_executor executor, hypervisor& host, boot_plan plan, readiness_probe probe
)
    : executor_(std::move(executor)),
      host_(host),
      plan_(std::move(plan)),
      probe_(std::move(probe)),
      nap_limit_(executor_),
      idle_(executor_, plan_.sleep, [this](sleep_depth depth) { sleep_when_idle(depth); }),
      boots_(executor_),
      naps_(executor_),
      halts_(executor_),
      watches_(executor_),
      examinations_(executor_)
{
    host_.watch([this](domain_event event) {
        asio::post(executor_, [this, event] { take_event(event); });
    });
}

supervisor::~supervisor()
{
    assert(closed_ && "shutdown() must have returned");
}

asio::awaitable<lease> supervisor::acquire(requester who, activity kind)
{
    const auto pid = who.pid;
    const auto refused = refusals_.reason_for(pid, recent_refusals::clock::now());
    if (refused && lifecycle_.state() != vm_state::ready) throw engine_unavailable(*refused);
    engine_address address;
    try {
        address = co_await ready_engine(std::move(who));
    } catch (const engine_unavailable& refusal) {
        refusals_.remember(pid, refusal.what(), recent_refusals::clock::now());
        throw;
    }
    co_return grant(std::make_shared<const engine_address>(std::move(address)), kind);
}

std::optional<lease> supervisor::acquire_now(activity kind)
{
    const bool at_once = lifecycle_.state() == vm_state::ready && !closing_;
    if (!at_once) return std::nullopt;
    return grant(ready_address_, kind);
}

lease supervisor::grant(std::shared_ptr<const engine_address> address, activity kind)
{
    idle_.began(kind);
    if (!attending_ && kind != activity::watching) attend();
    return {std::move(address), [this, kind] { idle_.ended(kind); }};
}

asio::awaitable<std::uint16_t> supervisor::forward(guest_port port)
{
    if (!vm_) throw engine_unavailable("the VM does not run");
    auto work = [this, port = std::move(port)] { return host_.forward(port); };
    try {
        co_return co_await run_blocking(pool_, std::move(work));
    } catch (const hypervisor_error& error) {
        note_silence(error);
        throw;
    }
}

asio::awaitable<void> supervisor::end_forward(guest_port port)
{
    if (!vm_) co_return;
    auto work = [this, port = std::move(port)] { host_.end_forward(port); };
    try {
        co_await run_blocking(pool_, std::move(work));
    } catch (const hypervisor_error& error) {
        note_silence(error);
        throw;
    }
}

asio::awaitable<void> supervisor::up(requester who)
{
    const auto address = co_await ready_engine(std::move(who));
    static_cast<void>(address);
}

asio::awaitable<engine_address> supervisor::ready_engine(requester who)
{
    if (closing_) throw engine_unavailable(closing_reason);
    if (lifecycle_.state() == vm_state::ready) co_return boot_->address_of(*vm_);
    // A start that is under way, or that others wait for, has its reason already.
    if (lifecycle_.state() != vm_state::booting && !start_) starts_for(who);
    auto start = next_start();
    carry_out(lifecycle_.start_requested());
    if (lifecycle_.state() == vm_state::dozing) call_off_.request_stop();
    co_return co_await outcome_of(std::move(start));
}

asio::awaitable<void> supervisor::restart(requester who)
{
    // What it finds may have to be stopped first.
    co_await examinations_.wait();
    if (closing_) throw engine_unavailable(closing_reason);
    auto start = next_start();
    starts_for(who);
    const auto step = lifecycle_.restart_requested();
    if (step == vm_step::stop) stopped_by_ = to_string(who);
    carry_out(step);
    const auto address = co_await outcome_of(std::move(start));
    static_cast<void>(address);
}

asio::awaitable<engine_address> supervisor::outcome_of(std::shared_ptr<outcome> start)
{
    const waiter counted(idle_);
    co_await start->settled.wait();
    if (!start->failure.empty()) throw engine_unavailable(start->failure);
    co_return start->address;
}

std::shared_ptr<supervisor::outcome> supervisor::next_start()
{
    if (!start_) start_ = std::make_shared<outcome>(executor_);
    return start_;
}

void supervisor::starts_for(const requester& who)
{
    started_for_ = to_string(who);
    started_because_ = who.reason;
}

void supervisor::settle_start(std::string failure, engine_address address)
{
    const auto start = std::exchange(start_, nullptr);
    if (!start) return;
    start->failure = std::move(failure);
    start->address = std::move(address);
    start->settled.open();
}

void supervisor::carry_out(vm_step step)
{
    note_state();
    switch (step) {
        case vm_step::none:
            return;
        case vm_step::start:
            begin_boot();
            return;
        case vm_step::doze:
            begin_doze();
            return;
        case vm_step::wake:
            begin_wake();
            return;
        case vm_step::stop:
            begin_halt();
            return;
    }
}

void supervisor::begin_boot()
{
    put_image_in();
    spdlog::info("starting the VM for {}", started_for_);
    off_to_sleep_ = false;
    stopped_for_good_.clear();
    make_boot();
    boots_.spawn(run_boot(), [this](const std::exception_ptr& failure) {
        boot_failed("the VM could not be started: " + message_of(failure));
    });
}

void supervisor::make_boot()
{
    early_event_.reset();
    boot_ = std::make_unique<boot>(host_, pool_, plan_, probe_, [this](const stage_event& stage) {
        spdlog::debug("VM start: {} after {} ms", stage.name, stage.elapsed.count());
        for (const auto& observer : observers_) observer(stage);
        if (boot_->powered_on() && early_event_) {
            take_event(*std::exchange(early_event_, std::nullopt));
        }
    });
}

asio::awaitable<void> supervisor::run_boot()
{
    const auto image = image_number_;
    running_vm vm;
    std::string not_now;
    try {
        vm = co_await boot_->run();
    } catch (const hypervisor_error& error) {
        const bool stays = error.problem() == hypervisor_problem::not_now;
        if (!stays || lifecycle_.state() != vm_state::booting) throw;
        not_now = error.what();
    }
    if (!not_now.empty()) {
        spdlog::error("the VM stays saved: {}", not_now);
        ++counts_.failed_starts;
        lifecycle_.stayed_saved();
        note_state();
        settle_start(not_now);
        co_await let_go_of_host();
        co_return;
    }
    // A stop that was asked for in the last moment counts more.
    if (lifecycle_.state() != vm_state::booting) co_return;
    if (boot_->powered_by_us()) {
        booted_identity_ = boot_->image_identity();
        // That it is another may have been heard of only after the start had read it.
        booted_image_ = is_present_image(booted_identity_) ? image_number_ : image;
        note_proven_image();
        found_silent_ = false;
        // Those of a VM that was saved are gone.
        idle_.containers_run(std::nullopt);
    }
    vm_ = vm;
    ready_address_ = std::make_shared<const engine_address>(boot_->address_of(vm));
    lifecycle_.booted();
    note_state();
    note("started", started_for_, std::chrono::steady_clock::now() - boot_->elapsed());
    // One that was found running was not waited for.
    if (boot_->powered_by_us()) counts_.from_off.add(started_because_, boot_->elapsed());
    if (boot_->was_restored()) counts_.from_saved.add(started_because_, boot_->elapsed());
    spdlog::info(
        "the VM is ready after {:.1f} s", std::chrono::duration<double>(boot_->elapsed()).count()
    );
    keep_start_times();
    told_ready_ = true;
    if (std::exchange(clock_is_late_, false)) clock_was_set();
    if (told_of_readiness_) told_of_readiness_(*ready_address_);
    settle_start({}, boot_->address_of(vm));
}

void supervisor::boot_failed(const std::string& reason)
{
    // Not when a stop was asked for meanwhile: then nobody waits for this start any more.
    if (lifecycle_.state() != vm_state::booting) return;
    spdlog::error("{}", reason);
    ++counts_.failed_starts;
    const auto step = lifecycle_.boot_failed(reason);
    if (!former_image_is_back(reason)) settle_start(reason);
    carry_out(step);
}

void supervisor::died_in_boot(const std::string& reason)
{
    spdlog::error("{}", reason);
    ++counts_.failed_starts;
    const auto step = lifecycle_.died_in_boot(reason);
    // Those who wait go on waiting while there is another try.
    if (!lifecycle_.failure().empty() && !former_image_is_back(reason)) settle_start(reason);
    carry_out(step);
}

void supervisor::turn_away()
{
    closing_ = true;
    intake_off_.request_stop();
    idle_.stop();
    settle_start(closing_reason);
    tell_of_change();
}

}  // namespace vmctl
