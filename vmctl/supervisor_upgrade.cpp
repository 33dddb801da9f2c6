// Another image: how it is taken in beside the present one, put in its place, and taken out again
// when it does not start.
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

namespace {

struct called_off {};

std::string cannot_take_in(const std::string& reason)
{
    return "the image could not be taken in: " + reason;
}

}  // namespace

const image_store& supervisor::images() const
{
    if (plan_.images) return *plan_.images;
    throw engine_unavailable(
        "the image of this VM is not a directory, so that no other can be put in its place; change "
        "the setting instead"
    );
}

asio::awaitable<void> supervisor::take_in_image(requester who, image_source source)
{
    const auto& store = images();
    if (closing_) throw engine_unavailable(closing_reason);
    if (std::exchange(taking_in_image_, true))
        throw engine_unavailable("an image is being taken in already; ask again when it is there");
    const std::shared_ptr<bool> taking(&taking_in_image_, [](bool* flag) { *flag = false; });
    const auto began = std::chrono::steady_clock::now();
    // It takes minutes, in which the other thread has work to do.
    asio::thread_pool thread(1);
    auto work = [this, &store, &source, began, off = intake_off_.get_token()] {
        std::string under_way;
        const auto tell = [&](const std::string& stage, std::optional<work_amount> so_far) {
            asio::post(executor_, [this, stage, so_far, began] {
                tell_of_intake(stage, so_far, began);
            });
        };
        const auto report = [&](const std::string& stage, download_progress so_far) {
            if (off.stop_requested()) throw called_off();
            if (!under_way.empty() && under_way != stage) tell(under_way, std::nullopt);
            under_way = stage;
            tell(stage, work_amount{so_far.received, so_far.whole});
        };
        const auto image = store.take_in(source, report);
        tell(under_way, std::nullopt);
        return image.version;
    };
    std::string version;
    std::string failure;
    try {
        version = co_await run_blocking(thread, std::move(work));
    } catch (const called_off&) {
        failure = closing_reason;
    } catch (const std::exception& error) {
        if (is_cancellation(std::current_exception())) throw;
        failure = cannot_take_in(error.what());
    }
    if (!failure.empty()) {
        spdlog::error("{}", failure);
        throw engine_unavailable(failure);
    }
    spdlog::info("the image {} was taken in for {}", version, to_string(who));
    note("image taken in", to_string(who), began);
}

void supervisor::tell_of_intake(
    const std::string& stage,
    std::optional<work_amount> so_far,
    std::chrono::steady_clock::time_point began
)
{
    const auto elapsed = std::chrono::steady_clock::now() - began;
    const stage_event event{
        stage, std::chrono::round<std::chrono::milliseconds>(elapsed), std::nullopt, so_far, true};
    for (const auto& observer : observers_) observer(event);
}

asio::awaitable<void> supervisor::upgrade(requester who)
{
    const auto& store = images();
    co_await examinations_.wait();
    if (closing_) throw engine_unavailable(closing_reason);
    bool is_other = false;
    std::string failure;
    try {
        is_other = store.has_other();
    } catch (const storage_error& error) {
        failure = error.what();
    }
    if (!failure.empty()) throw engine_unavailable(failure);
    if (!is_other)
        throw engine_unavailable(
            "no other image is here than the one that the VM has already; name another, or "
            "`gangway "
            "download` one first"
        );
    image_failure_.clear();
    puts_image_in_ = true;
    try {
        co_await restart(std::move(who));
    } catch (const engine_unavailable& error) {
        failure = error.what();
    }
    // A VM that could not be stopped keeps its image.
    puts_image_in_ = false;
    if (!image_failure_.empty())
        failure = failure.empty() ? image_failure_ : image_failure_ + "; then: " + failure;
    if (!failure.empty()) throw engine_unavailable(failure);
}

// Between the VM that was and the one that is to be, so that no start has a part of each.
void supervisor::put_image_in()
{
    if (!std::exchange(puts_image_in_, false)) return;
    try {
        images().put_in();
        spdlog::info("another image is in place; the former one is kept until it has started");
    } catch (const std::exception& error) {
        image_failure_ = std::string("the image could not be exchanged: ") + error.what();
        spdlog::error("{}", image_failure_);
    }
}

// A start has failed. True: the cause may be an image that has never started before; it is out
// again, and whoever waits goes on waiting for a start with the former one.
bool supervisor::former_image_is_back(const std::string& reason)
{
    if (closing_ || !plan_.images || !plan_.images->is_on_trial()) return false;
    // What fails before the power is switched on says nothing of an image that could be read, nor
    // does a VM that was booted from the one that another instance has exchanged meanwhile.
    const bool was_read = !boot_->timeline().empty();
    if (was_read && !boot_->powered_by_us()) return false;
    if (was_read && !is_present_image(boot_->image_identity())) return false;
    try {
        plan_.images->take_back();
    } catch (const storage_error& error) {
        spdlog::error("the former image is not back: {}", error.what());
        return false;
    }
    image_failure_ = "the new image did not start, and the former one is back: " + reason;
    spdlog::error("{}", image_failure_);
    note("former image back", reason, std::chrono::steady_clock::now());
    // It is being stopped, and comes back after that.
    lifecycle_.start_requested();
    return true;
}

void supervisor::note_proven_image()
{
    if (!plan_.images || !plan_.images->is_on_trial()) return;
    if (!is_present_image(boot_->image_identity())) return;
    watches_.spawn(remove_former_image(), [](const std::exception_ptr& failure) {
        spdlog::warn("the former image is not removed: {}", message_of(failure));
    });
    note("upgraded", started_for_, std::chrono::steady_clock::now() - boot_->elapsed());
}

asio::awaitable<void> supervisor::remove_former_image()
{
    auto work = [store = *plan_.images] { store.keep(); };
    co_await run_blocking(pool_, std::move(work));
}

}  // namespace vmctl
