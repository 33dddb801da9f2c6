// Hears of it when something is put in a directory, or another directory in its place.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace vmctl {

// Lives on the loop's thread. Costs nothing while nothing changes. Where a system has no way to
// tell, it tells nothing.
class directory_watch {
public:
    // `changed` is called after a file in `directory` was written or put there, and after
    // `directory` was; perhaps when nothing has changed, too. Its parent must exist. Throws
    // std::system_error.
    directory_watch(
        const boost::asio::any_io_executor& executor,
        std::filesystem::path directory,
        std::function<void()> changed
    );
    directory_watch(const directory_watch&) = delete;
    directory_watch& operator=(const directory_watch&) = delete;
    ~directory_watch();

private:
    class notices;

    std::unique_ptr<notices> notices_;
};

}  // namespace vmctl
