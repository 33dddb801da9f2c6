// What was received, cut as tests ask for it.
#include "tests/support/conversation.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace test_support {
namespace {

using steady = std::chrono::steady_clock;

std::chrono::milliseconds left_until(steady::time_point when)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - steady::now());
    return std::max(left, std::chrono::milliseconds(0));
}

std::runtime_error disappointed(const std::string& complaint, std::string_view received)
{
    return std::runtime_error(complaint + "; received:\n" + std::string(received.substr(0, 4096)));
}

}  // namespace

std::string conversation::receive_until(std::string_view mark, std::chrono::milliseconds limit)
{
    const auto give_up = steady::now() + limit;
    while (received_.find(mark) == std::string::npos) {
        if (ended_ || !receive_some(left_until(give_up))) {
            throw disappointed("'" + std::string(mark) + "' did not come", received_);
        }
    }
    return receive(received_.find(mark) + mark.size());
}

std::string conversation::receive(std::size_t count, std::chrono::milliseconds limit)
{
    const auto give_up = steady::now() + limit;
    while (received_.size() < count) {
        if (ended_ || !receive_some(left_until(give_up))) {
            throw disappointed(std::to_string(count) + " bytes did not come", received_);
        }
    }
    auto result = received_.substr(0, count);
    received_.erase(0, count);
    return result;
}

std::string conversation::receive_segment(std::chrono::milliseconds limit)
{
    if (received_.empty() && !receive_some(limit)) throw disappointed("nothing came", received_);
    return std::exchange(received_, {});
}

std::string conversation::receive_all(std::chrono::milliseconds limit)
{
    const auto give_up = steady::now() + limit;
    while (!ended_) {
        if (!receive_some(left_until(give_up))) {
            throw disappointed("the stream does not end", received_);
        }
    }
    return std::exchange(received_, {});
}

bool conversation::is_silent()
{
    receive_some(std::chrono::milliseconds(0));
    return received_.empty() && !ended_;
}

}  // namespace test_support
