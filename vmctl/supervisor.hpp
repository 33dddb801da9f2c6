// The only one that starts and stops the VM, and lets it sleep: one start for any number of waiting
// clients, leases for those who use it, and word to whoever must know when it goes away.
#pragma once

#include "vmctl/boot.hpp"
#include "vmctl/boot_plan.hpp"
#include "vmctl/engine.hpp"
#include "vmctl/gate.hpp"
#include "vmctl/hypervisor.hpp"
#include "vmctl/idle_watch.hpp"
#include "vmctl/lifecycle.hpp"
#include "vmctl/port_forwarding.hpp"
#include "vmctl/process_watch.hpp"
#include "vmctl/recent_refusals.hpp"
#include "vmctl/task_group.hpp"
#include "vmctl/vm_counts.hpp"
#include "vmctl/vm_status.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace vmctl {

// Ends an observer's interest when it is destroyed. Move-only; must not outlive the supervisor.
class subscription {
public:
    subscription() = default;

    explicit subscription(std::function<void()> end) : end_(std::move(end)) {}

    subscription(subscription&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}

    subscription& operator=(subscription&& other) noexcept
    {
        std::swap(end_, other.end_);
        return *this;
    }

    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;

    ~subscription()
    {
        if (end_) end_();
    }

private:
    std::function<void()> end_;
};

// Lives on the loop: every member is called there, and so is every callback. Calls that block are
// made on a thread of its own.
class supervisor final : public engine, public port_forwarding {
public:
    // `host` must outlive the supervisor.
    supervisor(
        boost::asio::any_io_executor executor,
        hypervisor& host,
        boot_plan plan,
        readiness_probe probe
    );
    supervisor(const supervisor&) = delete;
    supervisor& operator=(const supervisor&) = delete;
    // shutdown() must have returned.
    ~supervisor() override;

    // Looks, in the background, whether the VM runs already, and takes it over if it does. Not
    // needed by acquire(), which finds out too.
    void examine();

    // Returns when that is over.
    boost::asio::awaitable<void> examined() { return examinations_.wait(); }

    std::optional<lease> acquire_now(activity kind) override;
    boost::asio::awaitable<lease> acquire(requester who, activity kind) override;
    boost::asio::awaitable<lease> acquire_again(requester who, activity kind) override;
    boost::asio::awaitable<bool> has_gone(engine_address tried) override;
    bool sleeps() const override;

    boost::asio::awaitable<std::uint16_t> forward(guest_port port) override;
    boost::asio::awaitable<void> end_forward(guest_port port) override;

    // Whether it sleeps, and nothing in it can change any more: on the way there its processors go
    // on for a while.
    bool stands_still() const;

    // For `gangway up` and `wake`, `down` and `restart`. up() and restart() return when the VM is
    // ready, down() when its power is off, also that of a VM which examine() is just finding. They
    // throw engine_unavailable; may be cancelled (terminal), which does not undo what they have
    // begun. down() ends the wait of every client.
    boost::asio::awaitable<void> up(requester who);
    boost::asio::awaitable<void> down(requester who);
    boost::asio::awaitable<void> restart(requester who);

    // For `gangway poweroff`, `reset` and `delete`: the guest is not asked. power_off() returns
    // when the power is off, or at once for a saved VM, which stays saved. reset() returns when the
    // VM is ready after a fresh boot. remove() deletes the VM and, unless they are to be kept, its
    // disk and the keys to that; the next start makes another. All throw engine_unavailable:
    // reset() when the VM is off, remove() also when somebody starts it meanwhile.
    boost::asio::awaitable<void> power_off(requester who);
    boost::asio::awaitable<void> reset(requester who);
    boost::asio::awaitable<void> remove(requester who, bool keep_data);

    // For `gangway disk grow`: starts or wakes the VM, whose disk and file system have `size` then,
    // and containers go on. Throws engine_unavailable, also for a size that is not more than it
    // has.
    boost::asio::awaitable<void> grow_disk(requester who, config::byte_size size);

    // For `gangway download` and `upgrade`: take_in_image() has the image beside the present one;
    // upgrade() puts in the one that is there, with a restart of the VM, and returns when that is
    // ready. An image whose first start fails is taken out again by itself, as is one that a daemon
    // which was killed has put in. Both throw engine_unavailable; upgrade() also when the VM is
    // ready with the former image again.
    boost::asio::awaitable<void> take_in_image(requester who, image_source source);
    boost::asio::awaitable<void> upgrade(requester who);

    // For `gangway sleep`: returns when the VM sleeps at least so deep. Throws engine_unavailable
    // when it cannot, because somebody uses it, say; the VM runs then.
    boost::asio::awaitable<void> sleep(requester who, sleep_depth depth);

    // Another image is there. A VM that was never started, or sleeps without containers, is started
    // and saved, in the background, so that the next client does not wait for a boot; one that runs
    // is shut down when it would be saved, and then started and saved. Nothing happens where the VM
    // is never to be saved, or was stopped by its user.
    void image_changed();

    // The host's clock was set, or the host was suspended: the guest's is behind.
    void clock_was_set();

    // How many containers run; nothing: not known. Until it is, the VM does not sleep by itself.
    void containers_run(std::optional<std::size_t> number) { idle_.containers_run(number); }

    vm_status status() const;

    // The stages of a start that comes now, when those that are like it were complete the last
    // time; `afresh`: it is a boot in any case. Empty: not known, or there is nothing to start.
    std::vector<stage_event> expected_start(bool afresh) const;

    const vm_counts& counts() const { return counts_; }

    // `observer` is told of each stage of a start when it is complete. It must not begin or end a
    // subscription while it is told.
    [[nodiscard]] subscription subscribe(std::function<void(const stage_event&)> observer);

    // `told` is called when an engine is ready, with its address. One at a time.
    void on_engine_ready(std::function<void(const engine_address& address)> told);

    // `told` is called when an engine that was ready is gone, with the reason as a sentence: its
    // connections are dead, though they may not show it yet. One at a time.
    void on_engine_lost(std::function<void(const std::string& reason)> told);

    // `told` is called when a ready VM is about to sleep, or to be stopped (off). One at a time.
    void on_engine_leaving(std::function<void(sleep_depth)> told);

    // `told` is called when it did not go, or was paused only, and goes on. One at a time.
    void on_engine_back(std::function<void()> told);

    // `told` is called when an engine that was ready sleeps so deep that its connections are dead.
    // One at a time.
    void on_engine_asleep(std::function<void()> told);

    // `told` is called when examine() finds an engine that was saved, perhaps by another daemon.
    // One at a time.
    void on_engine_found_asleep(std::function<void()> told);

    // `told` is called when the VM was deleted. One at a time.
    void on_engine_removed(std::function<void()> told);

    // From now on clients, also those who wait, are told that the daemon stops.
    void turn_away();

    // turn_away(), and does with the VM what the plan says. Returns when nothing of the supervisor
    // runs any more. Once. Must not be cancelled.
    boost::asio::awaitable<void> shutdown();

private:
    static constexpr const char* closing_reason =
        "gangwayd is stopping; ask again when it has started";

    // What several callers wait for together: how a start, or a stop, ends.
    struct outcome {
        explicit outcome(const boost::asio::any_io_executor& executor) : settled(executor) {}

        gate settled;
        std::string failure;  // empty: success
        engine_address address;
    };

    boost::asio::awaitable<engine_address> ready_engine(requester who);
    boost::asio::awaitable<engine_address> outcome_of(std::shared_ptr<outcome> start);
    std::shared_ptr<outcome> next_start();
    void starts_for(const requester& who);
    void settle_start(std::string failure, engine_address address = {});
    void tell_of_change();
    void settle_stop(std::string failure);

    lease grant(std::shared_ptr<const engine_address> address, activity kind);
    void carry_out(vm_step step);
    void begin_boot();
    void begin_halt();
    void make_boot();
    boost::asio::awaitable<void> run_boot();
    boost::asio::awaitable<void> halt();
    boost::asio::awaitable<void> restore_if_saved();
    boost::asio::awaitable<void> hasten_stop();

    void try_new_image();
    bool is_present_image(const std::string& identity) const;

    const image_store& images() const;
    void tell_of_intake(
        const std::string& stage,
        std::optional<work_amount> so_far,
        std::chrono::steady_clock::time_point began
    );
    void put_image_in();
    bool former_image_is_back(const std::string& reason);
    void note_proven_image();
    boost::asio::awaitable<void> remove_former_image();
    void keep_start_times();
    boost::asio::awaitable<void> write_start_times(
        start_kind kind, std::vector<stage_event> timeline
    );

    bool image_is_newer() const { return image_number_ != booted_image_; }

    bool may_boot_new_image() const;
    boost::asio::awaitable<void> boot_new_image();
    boost::asio::awaitable<void> look_for_vm();
    void boot_failed(const std::string& reason);
    void died_in_boot(const std::string& reason);

    void sleep_when_idle(sleep_depth depth);
    void begin_sleep(sleep_depth depth, std::string reason);
    boost::asio::awaitable<std::vector<std::string>> obstacles_that_stay(sleep_depth depth);
    void begin_doze();
    void begin_wake();
    boost::asio::awaitable<void> doze();
    boost::asio::awaitable<void> wake();
    boost::asio::awaitable<void> rest_lightly();
    boost::asio::awaitable<void> stay_up(const hypervisor_error& why, bool usable);
    void settle_nap(std::string failure);

    void take_event(domain_event event);
    boost::asio::awaitable<void> verify_death(domain_event event);
    void take_pause(domain_event::kind why);
    boost::asio::awaitable<void> resume_later();
    boost::asio::awaitable<void> set_clock();
    boost::asio::awaitable<std::optional<bool>> says_that_vm_runs();
    boost::asio::awaitable<std::optional<bool>> outlives_failure();
    boost::asio::awaitable<bool> answers_again(engine_address address);
    boost::asio::awaitable<void> await_answer(std::shared_ptr<outcome> answer);
    void attend();
    boost::asio::awaitable<void> attend_while_used();
    boost::asio::awaitable<void> give_up_on(engine_address address);
    boost::asio::awaitable<bool> is_known_to_be_silent(engine_address address);
    bool waits_for_its_disk() const;
    bool is_there(const engine_address& address) const;
    bool is_ready(const engine_address& address) const;
    void note_silence(const hypervisor_error& error);
    void vm_died(stop_cause why);
    void lose_engine(const std::string& reason);
    boost::asio::awaitable<void> let_go_of_host();
    bool power_should_be_on() const;
    void note_state();
    void note(std::string what, std::string why, std::chrono::steady_clock::time_point began);

    const boost::asio::any_io_executor executor_;
    hypervisor& host_;
    const boot_plan plan_;
    const readiness_probe probe_;
    boost::asio::thread_pool pool_{1};

    lifecycle lifecycle_;
    std::unique_ptr<boot> boot_;       // the last start, running or over
    std::shared_ptr<outcome> start_;   // of the start that clients wait for now; null: none do
    std::shared_ptr<outcome> stop_;    // of the stop that runs; null: none does
    std::shared_ptr<outcome> answer_;  // of an engine that has stopped answering; null: none has
    bool attending_ = false;           // to an engine that is used
    // When it last stood still because its disk could not be written.
    std::optional<std::chrono::steady_clock::time_point> disk_failed_at_;
    std::shared_ptr<gate> change_;  // of its state, for who waits for it to be back; null: nobody
    std::string stopped_for_good_;  // why it will not be back by itself; empty: it may be
    std::optional<running_vm> vm_;  // while its power is on and it was ready
    bool told_ready_ = false;       // of an engine, which may sleep since, and was not lost
    std::shared_ptr<const engine_address> ready_address_;  // of vm_, made once for all leases
    // Came before the loop knew that the power is on; to be looked at then.
    std::optional<domain_event> early_event_;
    sleep_depth nap_depth_ = sleep_depth::awake;  // that it goes to, or went to last
    std::shared_ptr<outcome> nap_;                // of the way to sleep; null: it is on none
    std::optional<process_watch> process_;        // the VM's, while it is paused
    std::stop_source call_off_;                   // of the way to sleep
    boost::asio::steady_timer nap_limit_;         // after which it is called off anyhow
    std::string nap_reason_;
    bool stopped_in_nap_ = false;  // its processors, on the way to sleep
    bool clock_is_late_ = false;   // the guest's, to be set once it is ready
    bool at_once_ = false;         // the stop that runs, or comes, does not ask the guest
    bool off_to_sleep_ = false;    // it is off because nobody needed it
    // Images are counted as they come.
    std::size_t image_number_ = 0;
    std::size_t booted_image_ = 0;  // that the VM has booted from, or was to
    std::string booted_identity_;   // of that image; empty: not known
    bool taking_in_image_ = false;
    bool puts_image_in_ = false;  // before the next start
    std::string image_failure_;   // why the last one that was to be put in is not; empty: it is
    std::stop_source intake_off_;
    bool found_silent_ = false;  // its power was cut, since QEMU did not answer
    recent_refusals refusals_;
    bool closing_ = false;  // turn_away() was called
    bool closed_ = false;   // shutdown() has returned

    vm_state noted_state_ = vm_state::absent;
    std::chrono::system_clock::time_point since_ = std::chrono::system_clock::now();
    std::string started_for_;
    wake_reason started_because_ = wake_reason::request;
    vm_counts counts_;
    std::string stopped_by_;
    std::deque<vm_note> history_;
    idle_watch idle_;

    std::list<std::function<void(const stage_event&)>> observers_;
    std::function<void(const engine_address&)> told_of_readiness_;
    std::function<void(const std::string&)> told_of_loss_;
    std::function<void(sleep_depth)> told_of_leaving_;
    std::function<void()> told_of_return_;
    std::function<void()> told_of_sleep_;
    std::function<void()> told_of_finding_;
    std::function<void()> told_of_removal_;

    task_group boots_;
    task_group naps_;
    task_group halts_;
    task_group watches_;
    task_group examinations_;
};

}  // namespace vmctl
