// EVFILT_VNODE (kqueue(2)) on the directory and on its parent, which tell that entries have come,
// gone or been renamed; and on the files in it, which tell that they were written.
#include "vmctl/directory_watch.hpp"
#include "vmctl/kernel_queue.hpp"
#include "vmctl/private_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace vmctl {

class directory_watch::notices {
public:
    notices(
        const boost::asio::any_io_executor& executor,
        fs::path directory,
        std::function<void()> changed
    )
        : directory_(directory.has_filename() ? std::move(directory) : directory.parent_path()),
          changed_(std::move(changed)),
          parent_(opened(directory_.parent_path())),
          queue_(executor)
    {
        if (!parent_) throw std::system_error(errno, std::generic_category(), "open");
        queue_.add(identity_of(parent_), EVFILT_VNODE, NOTE_WRITE);
        follow();
        queue_.listen([this](const struct kevent& event) {
            const bool of_directory = event.ident == identity_of(parent_) ||
                                      (watched_ && event.ident == identity_of(watched_));
            if (of_directory) follow();
            changed_();
        });
    }

private:
    static unique_descriptor opened(const fs::path& file, int how = O_DIRECTORY)
    {
        return unique_descriptor(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | how));
    }

    static std::uintptr_t identity_of(const unique_descriptor& one)
    {
        return static_cast<std::uintptr_t>(one.get());
    }

    // The directory that is there now, if one is. Closing the former ones ends what was told of
    // them.
    void follow()
    {
        files_.clear();
        watched_ = opened(directory_);
        if (!watched_) return;
        hear_of(watched_, NOTE_WRITE | NOTE_DELETE | NOTE_RENAME);
        std::error_code failed;
        for (fs::directory_iterator each(directory_, failed), end; !failed && each != end;
             each.increment(failed)) {
            std::error_code gone;
            if (!each->is_regular_file(gone)) continue;
            auto file = opened(each->path(), 0);
            if (!file) continue;
            hear_of(file, NOTE_WRITE);
            files_.push_back(std::move(file));
        }
    }

    // What cannot be watched any more is told of by its parent, or not at all.
    void hear_of(const unique_descriptor& one, std::uint32_t notes)
    {
        try {
            queue_.add(identity_of(one), EVFILT_VNODE, notes);
        } catch (const std::system_error&) {
        }
    }

    const fs::path directory_;
    std::function<void()> changed_;
    unique_descriptor parent_;
    unique_descriptor watched_;
    std::vector<unique_descriptor> files_;
    kernel_queue queue_;
};

directory_watch::directory_watch(
    const boost::asio::any_io_executor& executor, fs::path directory, std::function<void()> changed
)
    : notices_(std::make_unique<notices>(executor, std::move(directory), std::move(changed)))
{
}

directory_watch::~directory_watch() = default;

}  // namespace vmctl
