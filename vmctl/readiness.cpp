// One question.
#include "vmctl/readiness.hpp"

#include "vmctl/deadline.hpp"

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

asio::awaitable<bool> engine_answers(const readiness_probe& probe, engine_address address)
{
    try {
        auto answer = probe(std::move(address));
        co_await with_deadline(probe_limit, std::move(answer));
        co_return true;
    } catch (const std::exception&) {
        co_return false;
    }
}

}  // namespace vmctl
