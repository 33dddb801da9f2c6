// inotify(7), on the directory and on its parent: the one that is put in its place is another.
#include "vmctl/directory_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace vmctl {

namespace {

constexpr std::uint32_t files =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;
constexpr std::uint32_t itself = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;

int open_notices()
{
    const int descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "inotify_init1");
    return descriptor;
}

}  // namespace

class directory_watch::notices {
public:
    notices(
        const asio::any_io_executor& executor, fs::path directory, std::function<void()> changed
    )
        : descriptor_(executor, open_notices()),
          directory_(directory.has_filename() ? std::move(directory) : directory.parent_path()),
          name_(directory_.filename()),
          changed_(std::move(changed)),
          parent_(::inotify_add_watch(
              descriptor_.native_handle(), directory_.parent_path().c_str(), itself
          ))
    {
        if (parent_ < 0) throw std::system_error(errno, std::generic_category(), "inotify");
        follow();
        wait();
    }

private:
    // The directory that is there now, if one is.
    void follow()
    {
        static_cast<void>(
            ::inotify_add_watch(descriptor_.native_handle(), directory_.c_str(), files)
        );
    }

    void wait()
    {
        descriptor_.async_wait(
            asio::posix::stream_descriptor::wait_read,
            [this, alive = std::weak_ptr(alive_)](boost::system::error_code ended) {
                if (ended || alive.expired()) return;
                const bool concerned = read_all();
                if (concerned) follow();
                wait();
                if (concerned) changed_();
            }
        );
    }

    // Whether one of them is of the directory, not of what is beside it.
    bool read_all()
    {
        alignas(inotify_event) std::array<char, 4096> buffer;
        bool concerned = false;
        for (;;) {
            const auto count = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
            if (count <= 0) return concerned;
            const std::string_view all(buffer.data(), static_cast<std::size_t>(count));
            for (std::size_t at = 0; at + sizeof(inotify_event) <= all.size();) {
                inotify_event event{};
                std::memcpy(&event, all.data() + at, sizeof event);
                const auto name = all.substr(at + sizeof event, event.len);
                at += sizeof event + event.len;
                concerned =
                    concerned || event.wd != parent_ || name.substr(0, name.find('\0')) == name_;
            }
        }
    }

    asio::posix::stream_descriptor descriptor_;
    const fs::path directory_;
    const std::string name_;
    std::function<void()> changed_;
    // A wait that has ended already is not cancelled any more.
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();
    const int parent_;
};

directory_watch::directory_watch(
    const asio::any_io_executor& executor, fs::path directory, std::function<void()> changed
)
    : notices_(std::make_unique<notices>(executor, std::move(directory), std::move(changed)))
{
}

directory_watch::~directory_watch() = default;

}  // namespace vmctl
