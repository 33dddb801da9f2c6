// By a thread that holds a request open: this process is still there while ssh runs
// (become_windows), and its end is the request's.
#include "gangway/keep_awake.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace gangway {
namespace {

// Says once, to who waits for it, that the VM is awake (nothing), or why it is not.
class first_word {
public:
    std::future<std::string> heard() { return promise_.get_future(); }

    void say(const std::string& what)
    {
        if (!said_) promise_.set_value(what);
        said_ = true;
    }

private:
    std::promise<std::string> promise_;
    bool said_ = false;
};

void hold(const control_client& daemon, first_word& word)
{
    try {
        daemon.post(
            "/v1/hold", [&](std::string_view) { word.say({}); }, [] {}, std::chrono::hours(1)
        );
        word.say("the VM cannot be kept awake; see `gangway status`");
    } catch (const std::exception& error) {
        word.say(error.what());
    }
}

}  // namespace

void keep_awake(const control_client& daemon)
{
    const auto word = std::make_shared<first_word>();
    auto heard = word->heard();
    // It runs until the process ends.
    std::thread([daemon, word] { hold(daemon, *word); }).detach();
    if (const auto obstacle = heard.get(); !obstacle.empty()) throw failure(obstacle);
}

}  // namespace gangway
