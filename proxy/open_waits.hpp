// Who waits for what of a stream: one wait of each kind, which ends once, also when it is
// cancelled.
#pragma once

#include "proxy/byte_stream.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace proxy {

class open_waits {
public:
    // Waits that are over. A completion may end everything, the stream too: they are called from
    // what is no part of it.
    class due {
    public:
        void call() const
        {
            for (const auto& [done, failure] : calls_) {
                if (done != nullptr) done->complete(failure);
            }
        }

    private:
        friend class open_waits;

        std::array<std::pair<wait_completion*, boost::system::error_code>, 3> calls_{};
    };

    // `cancelled` is called when it is; take_due() has it then.
    template <class Cancelled>
    void open(
        readiness what,
        wait_completion& done,
        boost::asio::cancellation_slot slot,
        Cancelled cancelled
    )
    {
        of(what) = {&done, false};
        if (!slot.is_connected()) return;
        slot.assign([this, what, cancelled](boost::asio::cancellation_type) {
            if (of(what).done == nullptr) return;
            of(what).cancelled = true;
            cancelled();
        });
    }

    bool has(readiness what) const
    {
        const auto& wait = waits_.at(static_cast<std::size_t>(what));
        return wait.done != nullptr && !wait.cancelled;
    }

    // Those that are cancelled, all if the stream is `broken`, and of the others the ready ones.
    template <class IsReady>
    due take_due(bool broken, IsReady is_ready)
    {
        due found;
        for (const auto what : {readiness::readable, readiness::writable, readiness::hangup}) {
            auto& wait = of(what);
            const bool aborted = broken || wait.cancelled;
            if (wait.done == nullptr || (!aborted && !is_ready(what))) continue;
            auto& call = found.calls_.at(static_cast<std::size_t>(what));
            call.first = std::exchange(wait.done, nullptr);
            if (aborted) call.second = boost::asio::error::operation_aborted;
        }
        return found;
    }

private:
    struct open_wait {
        wait_completion* done = nullptr;
        bool cancelled = false;
    };

    open_wait& of(readiness what) { return waits_.at(static_cast<std::size_t>(what)); }

    std::array<open_wait, 3> waits_;
};

}  // namespace proxy
