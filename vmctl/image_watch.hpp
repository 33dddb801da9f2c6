// Hears of it when another image is there than the one that was there last, also when a former
// daemon has seen that.
#pragma once

#include "vmctl/directory_watch.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace vmctl {

// Lives on the loop's thread. Which image is meant is what its manifest says.
class image_watch {
public:
    struct places {
        std::filesystem::path image;   // the directory
        std::filesystem::path record;  // a file of ours: which image was there last
    };

    // `changed` is called once for each new image that is whole, when nothing was put in its place
    // for `rest`; one that is there when nothing is recorded yet is not new. Where that cannot be
    // heard of, the log says so.
    image_watch(
        const boost::asio::any_io_executor& executor,
        places where,
        std::chrono::milliseconds rest,
        std::function<void()> changed
    );
    image_watch(const image_watch&) = delete;
    image_watch& operator=(const image_watch&) = delete;
    ~image_watch() = default;

private:
    void look_later();
    void look();
    std::string whole_image() const;

    const places where_;
    const std::chrono::milliseconds rest_;
    const std::function<void()> changed_;
    boost::asio::steady_timer pause_;
    std::optional<directory_watch> watch_;
    // A timer that has expired already is not cancelled any more.
    std::shared_ptr<const char> alive_ = std::make_shared<const char>();
};

}  // namespace vmctl
