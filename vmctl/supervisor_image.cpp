// A VM of a new image: its first boot is not left to a client.
#include "vmctl/image_policy.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>

namespace asio = boost::asio;

namespace vmctl {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// How long it may take, once the engine answers, to know how many containers run in it.
constexpr std::chrono::milliseconds census_patience = 30s;
constexpr std::chrono::milliseconds census_interval = 100ms;

}  // namespace

void supervisor::image_changed()
{
    ++image_number_;
    // It may have been put in by upgrade(), or be the same once more.
    if (is_present_image(booted_identity_)) booted_image_ = image_number_;
    try_new_image();
}

bool supervisor::is_present_image(const std::string& identity) const
{
    if (!plan_.images || identity.empty()) return false;
    try {
        return identity_of(load_image(plan_.images->directory())) == identity;
    } catch (const storage_error&) {
        return false;
    }
}

void supervisor::try_new_image()
{
    watches_.spawn(boot_new_image(), [](const std::exception_ptr& failure) {
        spdlog::info("the VM of the new image is not saved now: {}", message_of(failure));
    });
}

bool supervisor::may_boot_new_image() const
{
    if (closing_ || !image_is_newer()) return false;
    auto why = off_by::nobody;
    if (off_to_sleep_) why = off_by::idleness;
    if (!stopped_for_good_.empty()) why = off_by::user;  // which may come later
    return boots_for_new_image(lifecycle_.state(), why, idle_.use().containers, plan_.sleep);
}

asio::awaitable<void> supervisor::boot_new_image()
{
    co_await examinations_.wait();
    if (!may_boot_new_image()) co_return;
    // Once for each image, whatever comes of it: one that changes nothing in the VM is not booted,
    // as what was saved goes on.
    booted_image_ = image_number_;
    const requester image{0, 0, {}, "the new image", wake_reason::image};
    co_await up(image);
    asio::steady_timer pause(executor_);
    const auto give_up = std::chrono::steady_clock::now() + census_patience;
    while (!idle_.use().containers && std::chrono::steady_clock::now() < give_up) {
        pause.expires_after(census_interval);
        co_await pause.async_wait(asio::use_awaitable);
    }
    // Who uses it, and what runs in it, keeps it awake, as always.
    const auto& use = idle_.use();
    const bool is_idle = use.containers == 0U && use.active == 0 && use.waiting == 0;
    if (is_idle && lifecycle_.state() == vm_state::ready) co_await sleep(image, sleep_depth::saved);
}

}  // namespace vmctl
