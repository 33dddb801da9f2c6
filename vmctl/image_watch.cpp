// A digest of the manifest, kept in a file from daemon to daemon.
#include "vmctl/image_watch.hpp"

#include "vmctl/image.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"
#include "vmctl/storage_error.hpp"

#include <spdlog/spdlog.h>

#include <system_error>
#include <utility>

namespace vmctl {

namespace {

// In place of a digest: there is no image, or not yet all of it.
constexpr const char* none = "none";

}  // namespace

image_watch::image_watch(
    const boost::asio::any_io_executor& executor,
    places where,
    std::chrono::milliseconds rest,
    std::function<void()> changed
)
    : where_(std::move(where)), rest_(rest), changed_(std::move(changed)), pause_(executor)
{
    try {
        watch_.emplace(executor, where_.image, [this] { look_later(); });
    } catch (const std::system_error& error) {
        spdlog::info(
            "a new image in {} will not be noticed: {}", where_.image.string(), error.what()
        );
    }
    look_later();
}

// What puts an image there may have only begun.
void image_watch::look_later()
{
    pause_.expires_after(rest_);
    pause_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code ended) {
        if (!ended && !alive.expired()) look();
    });
}

void image_watch::look()
{
    try {
        const auto now = whole_image();
        std::error_code unknown;
        const bool first = !std::filesystem::exists(where_.record, unknown);
        const bool same = !first && read_file(where_.record) == now;
        if (same || (!first && now == none)) return;
        make_private_directory(where_.record.parent_path());
        write_file(where_.record, now, 0600);
        if (!first) changed_();
    } catch (const storage_error& error) {
        spdlog::warn("cannot tell whether the VM's image is another: {}", error.what());
    }
}

// Which one it is.
std::string image_watch::whole_image() const
{
    try {
        load_image(where_.image);
    } catch (const storage_error&) {
        return none;
    }
    sha256 all;
    all.add(read_file(where_.image / "manifest.json"));
    return all.hex();
}

}  // namespace vmctl
